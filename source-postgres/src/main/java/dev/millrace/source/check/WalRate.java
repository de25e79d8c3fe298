package dev.millrace.source.check;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/// How fast a server writes its log, on the average since its counters were reset.
///
/// @param bytes that were written
/// @param seen in how much time
record WalRate(long bytes, Duration seen) {

    private static final int PG_14 = 14;

    /// Asks; empty before PostgreSQL 14, on a standby, and where the counters stand still, as they may on Aurora.
    static Optional<WalRate> read(Connection session) throws SQLException {
        if (session.getMetaData().getDatabaseMajorVersion() < PG_14) {
            return Optional.empty();
        }
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CheckSql.WAL_WRITTEN)) {
            if (!row.next() || row.getLong("bytes") == 0) {
                return Optional.empty();
            }
            return Optional.of(new WalRate(row.getLong("bytes"), Duration.ofSeconds(row.getLong("seconds"))));
        }
    }

    /// What is written in a time at this rate.
    long bytesIn(Duration time) {
        return (long) ((double) bytes / Math.max(1, seen.toSeconds()) * time.toSeconds());
    }
}
