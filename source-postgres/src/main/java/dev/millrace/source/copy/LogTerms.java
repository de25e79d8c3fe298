package dev.millrace.source.copy;

import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The terms of copies that the log takes over from: every row is copied, and the log says of each transaction whether a snapshot saw it.
public final class LogTerms implements CopyTerms {

    /* On a standby the log's insert position cannot be asked for; what was replayed is the end of what a snapshot can see. */
    private static final String END =
            "SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END)::text";

    @Override
    public Position readAt(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(END)) {
            row.next();
            return new LogPosition(Lsn.parse(row.getString(1)).beforePageHeader());
        }
    }
}
