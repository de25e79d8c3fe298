package dev.millrace.worker;

import dev.millrace.core.route.Route;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.session.Login;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.postgres.tls.ChannelBinding;
import dev.millrace.postgres.tls.ClientCertificate;
import dev.millrace.postgres.tls.Roots;
import dev.millrace.postgres.tls.TlsMode;
import dev.millrace.postgres.tls.TlsPolicy;
import dev.millrace.source.aws.IamTokens;
import dev.millrace.worker.settings.AuthMethod;
import dev.millrace.worker.settings.SourceSettings;
import dev.millrace.worker.settings.TlsSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// How sessions with a source are opened, as its settings have it.
///
/// @param source its settings
public record SourceAccess(SourceSettings source) {

    /// The database at the end of a route, which stays the caller's.
    public PostgresEndpoint endpoint(Route route) {
        return new PostgresEndpoint(route, source.database(), source.user(), login(), tls(), privateHosts(), Map.of());
    }

    /// What is asked of TLS.
    public TlsPolicy tls() {
        return policy(source.tls());
    }

    /// What some settings ask of TLS.
    static TlsPolicy policy(TlsSettings settings) {
        return new TlsPolicy(
                TlsMode.valueOf(settings.mode().name()),
                settings.trustedCertificates(),
                switch (settings.authorities()) {
                    case TlsSettings.Authorities.Unsaid _ -> new Roots.Unsaid();
                    case TlsSettings.Authorities.OfSystem _ -> new Roots.OfSystem();
                    case TlsSettings.Authorities.InFile(Path path) -> new Roots.InFile(path);
                },
                settings.serverName(),
                settings.client().map(client -> new ClientCertificate(client.certificate(), client.key())),
                ChannelBinding.valueOf(settings.channelBinding().name()));
    }

    /// Which addresses of the source may be dialled. What a tunnel or an endpoint leads to is not asked about; of a tunnel, its host is.
    public PrivateHosts privateHosts() {
        return switch (source.way()) {
            case SourceSettings.Way.Directly(SourceSettings.PrivateHosts hosts) -> PrivateHosts.valueOf(hosts.name());
            case SourceSettings.Way.PrivateLink _, SourceSettings.Way.SshTunnel _, SourceSettings.Way.ProxyAgent _ -> PrivateHosts.ALLOW;
        };
    }

    private Login login() {
        return switch (source.authMethod()) {
            case AuthMethod.Password _, AuthMethod.ClientCertificate _ -> Login.by(source.password());
            case AuthMethod.AwsIam(Optional<String> region) -> new Login.Token(new IamTokens(region));
        };
    }
}
