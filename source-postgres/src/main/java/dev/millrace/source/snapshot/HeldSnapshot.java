package dev.millrace.source.snapshot;

import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;

/// What a transaction that reads sees, until it ends.
///
/// @param id PostgreSQL's name for the snapshot, by which other sessions join it
/// @param snapshot which transactions it sees, exactly
/// @param readAt a place in the log behind the commits of all that it sees
/// @param takenAt the server's clock, read after it was taken
public record HeldSnapshot(String id, TransactionSnapshot snapshot, Lsn readAt, Instant takenAt) {

    /// The statement with which a transaction begins.
    public static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    /// Begins a transaction in a session that is in auto-commit mode and takes its snapshot. On a standby this may take a few tries.
    ///
    /// @throws SQLException as the driver has it
    /// @throws dev.millrace.core.fault.Fault if what a standby's snapshot sees could not be found out
    public static HeldSnapshot begin(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            return isStandby(statement) ? new StandbySnapshot(statement).begin() : onPrimary(statement);
        }
    }

    /// Whether a session is one with a standby.
    public static boolean isOnStandby(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            return isStandby(statement);
        }
    }

    static boolean isStandby(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static HeldSnapshot onPrimary(Statement statement) throws SQLException {
        statement.execute(BEGIN);
        TransactionSnapshot snapshot;
        String id;
        try (ResultSet row = statement.executeQuery("SELECT txid_current_snapshot()::text, pg_export_snapshot()")) {
            row.next();
            snapshot = TransactionSnapshot.parse(row.getString(1));
            id = row.getString(2);
        }
        return new HeldSnapshot(id, snapshot, logEnd(statement), now(statement));
    }

    /// Where a primary's log goes on: behind every commit that can be seen, since a commit is logged before it is.
    static Lsn logEnd(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT pg_current_wal_insert_lsn()::text")) {
            row.next();
            return Lsn.parse(row.getString(1)).beforePageHeader();
        }
    }

    static Instant now(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }
}
