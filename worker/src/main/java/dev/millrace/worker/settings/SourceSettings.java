package dev.millrace.worker.settings;

import dev.millrace.core.secret.Secret;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Which database is copied, and how it is reached and followed.
///
/// @param service what kind of PostgreSQL it is
/// @param host name or address
/// @param port 1 to 65535
/// @param database its name
/// @param user the role that reads
/// @param password empty for a login that needs none
/// @param sslMode how much TLS is asked for
/// @param sslRootCertificate the authorities that are believed; empty for the system's
/// @param updateMethod how its changes are followed
public record SourceSettings(
        Service service,
        String host,
        int port,
        String database,
        String user,
        Secret password,
        SslMode sslMode,
        Optional<Path> sslRootCertificate,
        UpdateMethod updateMethod) {

    /// The kinds of PostgreSQL, by the names that the reference product gives them.
    public enum Service {
        POSTGRES,
        POSTGRES_RDS,
        AURORA_POSTGRES,
        GOOGLE_CLOUD_POSTGRESQL,
        AZURE_POSTGRES,
        HEROKU_POSTGRES;

        /// The name in settings.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// How much TLS is asked for, by the names of PostgreSQL's own clients.
    public enum SslMode {
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
    }
}
