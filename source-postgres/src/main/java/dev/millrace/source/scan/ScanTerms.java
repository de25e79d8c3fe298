package dev.millrace.source.scan;

import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.source.CopySession;
import dev.millrace.source.copy.CopyTerms;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/// The terms of copies that scans take over from.
///
/// Of a table without a key, a copy leaves out the rows that were written at or behind its snapshot's horizon: where rows cannot be told
/// apart, each must be read exactly once, and scans read such a table from horizon to horizon.
///
/// @param count of the scans that take over
/// @param keys hears of the keys that are copied, where rows that end are found by them
public record ScanTerms(ScanCount count, Optional<KeyWatch> keys) implements CopyTerms {

    /// The bounds of a snapshot are all that scans ask of it, so it does not matter that a standby's lists no transactions in between.
    static final String SNAPSHOT = "SELECT txid_current_snapshot()::text, clock_timestamp()";

    @Override
    public CopySession.Shared begin(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            TransactionSnapshot snapshot;
            Instant takenAt;
            try (ResultSet row = statement.executeQuery(SNAPSHOT)) {
                row.next();
                snapshot = TransactionSnapshot.parse(row.getString(1));
                takenAt = row.getObject(2, OffsetDateTime.class).toInstant();
            }
            ScanPosition readAt = count.next();
            joined(session);
            try (ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
                row.next();
                return new CopySession.Shared(row.getString(1), snapshot, readAt, takenAt);
            }
        }
    }

    @Override
    public void joined(Connection session) throws SQLException {
        if (keys.isPresent()) {
            keys.get().giveSalt(session);
        }
    }

    @Override
    public String condition(Shape shape, TransactionSnapshot snapshot) {
        return shape.isKeyed() ? "true" : "NOT " + new Horizon(snapshot.xmin()).isNew();
    }

    @Override
    public String items(Shape shape) {
        return keys.map(watch -> watch.items(shape)).orElse("");
    }

    @Override
    public CopyRows take(Shape shape, CopyRows rows) {
        return keys.map(watch -> watch.copied(shape, rows)).orElse(rows);
    }
}
