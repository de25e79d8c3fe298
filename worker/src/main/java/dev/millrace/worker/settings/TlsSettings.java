package dev.millrace.worker.settings;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// How much TLS is asked for between here and the source, and what is believed.
///
/// @param mode how much
/// @param rootCertificate the authorities that are believed; empty for the system's
public record TlsSettings(Mode mode, Optional<Path> rootCertificate) {

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
    }
}
