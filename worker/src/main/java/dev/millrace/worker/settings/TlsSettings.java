package dev.millrace.worker.settings;

import dev.millrace.core.secret.Secret;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// How much TLS is asked for between here and the source, and what is believed.
///
/// @param mode how much
/// @param trustedCertificates SHA-256 of approved certificates, 64 lower-case hexadecimal digits each
/// @param authorities what is believed besides
/// @param serverName the name that the certificate must have, where it is not that of the host
/// @param client what the server is shown
/// @param channelBinding whether logins by SCRAM are bound to the TLS session
public record TlsSettings(
        Mode mode,
        Set<String> trustedCertificates,
        Authorities authorities,
        Optional<String> serverName,
        Optional<Client> client,
        ChannelBinding channelBinding) {

    /// Keeps its own copy of the set.
    public TlsSettings {
        trustedCertificates = Set.copyOf(trustedCertificates);
    }

    /// A mode and nothing else.
    public static TlsSettings of(Mode mode) {
        return new TlsSettings(mode, Set.of(), new Authorities.Unsaid(), Optional.empty(), Optional.empty(), ChannelBinding.PREFER);
    }

    /// How much TLS is asked for, by the names of PostgreSQL's own clients.
    public enum Mode {
        DISABLE,
        ALLOW,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        /// The name in settings and in the driver: `verify-full`.
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /// Whether a session without TLS is none.
        public boolean demandsTls() {
            return compareTo(REQUIRE) >= 0;
        }
    }

    /// Which authorities are believed, apart from approved certificates.
    public sealed interface Authorities {

        /// The system's, where nothing is approved.
        record Unsaid() implements Authorities {}

        /// The system's.
        record OfSystem() implements Authorities {}

        /// Those in a file.
        ///
        /// @param path absolute
        record InFile(Path path) implements Authorities {}
    }

    /// What is shown to a server that asks who its client is.
    ///
    /// @param certificate in PEM, with those that sign it behind it
    /// @param key in PEM
    public record Client(String certificate, Secret key) {}

    /// Whether logins by SCRAM are bound to the TLS session, by the names of PostgreSQL's own clients.
    public enum ChannelBinding {
        PREFER,
        REQUIRE,
        DISABLE
    }
}
