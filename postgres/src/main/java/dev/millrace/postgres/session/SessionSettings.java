package dev.millrace.postgres.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// The settings that every session gets, whatever the database, the role or this machine's time zone would have it be.
///
/// A value that travels as text must look the same by copy, by log and in a fingerprint. Time limits that are meant for interactive
/// work are switched off, since reading a large table takes as long as it takes.
final class SessionSettings {

    private static final String SQL =
            """
            SET DateStyle = 'ISO, YMD';
            SET IntervalStyle = 'postgres';
            SET TimeZone = 'UTC';
            SET extra_float_digits = 3;
            SET bytea_output = 'hex';
            SET xmlbinary = 'base64';
            SET lc_monetary = 'C';
            SET search_path = '';
            SET statement_timeout = 0;
            SET idle_in_transaction_session_timeout = 0
            """;

    private SessionSettings() {}

    /// Applies the settings to a new session.
    static void applyTo(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(SQL);
        }
    }
}
