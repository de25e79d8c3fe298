package dev.millrace.server.state;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Where the state of a server is kept.
public sealed interface StateAddress {

    /// In an SQLite file of this machine.
    ///
    /// @param file absolute
    record InFile(Path file) implements StateAddress {

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /// In a PostgreSQL database.
    ///
    /// @param jdbcUrl without a login
    /// @param user who logs in
    /// @param password may be empty
    record AtServer(String jdbcUrl, String user, Secret password) implements StateAddress {

        @Override
        public String toString() {
            return jdbcUrl.substring("jdbc:".length());
        }
    }

    /// Reads a path, or `postgresql://user:password@host:port/database?...`.
    ///
    /// @throws Fault `SETTINGS_INVALID` if it is neither
    static StateAddress parse(String text) {
        if (!text.startsWith("postgresql:") && !text.startsWith("postgres:")) {
            return new InFile(Path.of(text).toAbsolutePath().normalize());
        }
        try {
            URI address = URI.create(text);
            String login = Optional.ofNullable(address.getRawUserInfo()).orElse("");
            int colon = login.indexOf(':');
            String port = address.getPort() > 0 ? ":" + address.getPort() : "";
            String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
            if (address.getHost() == null || address.getRawPath() == null) {
                throw new IllegalArgumentException("No host or path");
            }
            return new AtServer(
                    "jdbc:postgresql://" + address.getHost() + port + address.getRawPath() + query,
                    decode(colon < 0 ? login : login.substring(0, colon)),
                    Secret.of(colon < 0 ? "" : decode(login.substring(colon + 1))));
        } catch (IllegalArgumentException e) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    "state",
                    "The address of the state is no PostgreSQL address.",
                    "Write `postgresql://user@host:5432/database`; percent-encode special characters.",
                    e);
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
