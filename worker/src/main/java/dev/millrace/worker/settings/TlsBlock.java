package dev.millrace.worker.settings;

import dev.millrace.core.secret.Secret;
import dev.millrace.worker.settings.TlsSettings.Authorities;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads what the settings say about TLS and about the login that goes with it.
///
/// @param values the texts
/// @param approved SHA-256 of certificates that were approved outside the settings
record TlsBlock(CheckedValues values, Set<String> approved) {

    private static final List<String> METHODS = List.of("PASSWORD", "CLIENT_CERTIFICATE", "AWS_IAM", "ENTRA_ID");

    /// How the user proves who they are.
    AuthMethod authMethod() {
        return switch (values.choice(Setting.SOURCE_AUTH_METHOD, METHODS)) {
            case "CLIENT_CERTIFICATE" -> {
                if (!values.isGiven(Setting.SOURCE_CLIENT_PUBLIC_CERTIFICATE)) {
                    values.problem(
                            Setting.SOURCE_AUTH_METHOD,
                            "`source.auth_method: CLIENT_CERTIFICATE` needs `source.client_public_certificate` and `source.client_private_key`.");
                }
                yield new AuthMethod.ClientCertificate();
            }
            case "AWS_IAM" -> {
                if (values.isGiven(Setting.SOURCE_PASSWORD)) {
                    values.problem(
                            Setting.SOURCE_PASSWORD,
                            "`source.auth_method: AWS_IAM` logs in with tokens that it makes by itself. Leave `source.password` out.");
                }
                yield new AuthMethod.AwsIam(optional(Setting.SOURCE_AWS_REGION));
            }
            case "ENTRA_ID" -> {
                values.problem(
                        Setting.SOURCE_AUTH_METHOD,
                        "`source.auth_method: ENTRA_ID` is not carried out by this version. Use `PASSWORD`, `CLIENT_CERTIFICATE` or `AWS_IAM`.");
                yield new AuthMethod.Password();
            }
            default -> new AuthMethod.Password();
        };
    }

    /// What is asked of TLS.
    ///
    /// @param way by which the host is reached
    TlsSettings tls(SourceSettings.Way way) {
        TlsValues tls = new TlsValues(values);
        Set<String> trusted = tls.fingerprints(Setting.SOURCE_TRUSTED_CERTIFICATES);
        Authorities authorities = tls.authorities(Setting.SOURCE_SSLROOTCERT);
        TlsSettings.Mode mode = mode(way, !trusted.isEmpty() || !approved.isEmpty() || !(authorities instanceof Authorities.Unsaid));
        trusted.addAll(approved);
        return new TlsSettings(
                mode,
                trusted,
                authorities,
                optional(Setting.SOURCE_TLS_SERVER_NAME),
                client(),
                TlsSettings.ChannelBinding.valueOf(
                        values.choice(Setting.SOURCE_CHANNEL_BINDING, List.of("prefer", "require", "disable")).toUpperCase(Locale.ROOT)));
    }

    private TlsSettings.Mode mode(SourceSettings.Way way, boolean saysWhatIsBelieved) {
        Optional<String> needsTls = needsTls();
        if (!values.isGiven(Setting.SOURCE_SSLMODE)) {
            boolean isProtectedOtherwise =
                    switch (way) {
                        case SourceSettings.Way.Directly _ -> new TlsValues(values).isThisMachine(Setting.SOURCE_HOST);
                        case SourceSettings.Way.PrivateLink _ -> false;
                        case SourceSettings.Way.SshTunnel _, SourceSettings.Way.ProxyAgent _ -> true;
                    };
            return isProtectedOtherwise && needsTls.isEmpty() && !saysWhatIsBelieved ? TlsSettings.Mode.PREFER : TlsSettings.Mode.VERIFY_CA;
        }
        TlsSettings.Mode mode = new TlsValues(values).mode(Setting.SOURCE_SSLMODE);
        if (!mode.demandsTls() && needsTls.isPresent()) {
            values.problem(
                    Setting.SOURCE_SSLMODE,
                    "`source.sslmode` is `%s`, which goes without TLS too, and `%s` needs it. Leave `source.sslmode` out, or raise it."
                            .formatted(mode.text(), needsTls.get()));
        }
        return mode;
    }

    /// The setting that cannot be had without TLS.
    private Optional<String> needsTls() {
        if (values.isGiven(Setting.SOURCE_TRUSTED_CERTIFICATES)) {
            return Optional.of("source.trusted_certificates");
        }
        if (values.flag(Setting.SOURCE_ALWAYS_ENCRYPTED)) {
            return Optional.of("source.always_encrypted: true");
        }
        String method = values.text(Setting.SOURCE_AUTH_METHOD);
        return method.equals("AWS_IAM") || method.equals("CLIENT_CERTIFICATE") ? Optional.of("source.auth_method: " + method) : Optional.empty();
    }

    private Optional<TlsSettings.Client> client() {
        boolean hasCertificate = values.isGiven(Setting.SOURCE_CLIENT_PUBLIC_CERTIFICATE);
        boolean hasKey = values.isGiven(Setting.SOURCE_CLIENT_PRIVATE_KEY);
        if (hasCertificate != hasKey) {
            values.problem(
                    hasKey ? Setting.SOURCE_CLIENT_PRIVATE_KEY : Setting.SOURCE_CLIENT_PUBLIC_CERTIFICATE,
                    "`source.client_public_certificate` and `source.client_private_key` go together; give both, or neither.");
        }
        String certificate = values.text(Setting.SOURCE_CLIENT_PUBLIC_CERTIFICATE);
        Secret key = values.secret(Setting.SOURCE_CLIENT_PRIVATE_KEY);
        return hasCertificate && hasKey ? Optional.of(new TlsSettings.Client(certificate, key)) : Optional.empty();
    }

    private Optional<String> optional(Setting setting) {
        return values.isGiven(setting) ? Optional.of(values.text(setting)) : Optional.empty();
    }
}
