package dev.millrace.destination.postgres;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import java.time.Instant;

/// Turns the rows of a table into those of another mode, inside the caller's transaction and in their place, so that what others have built
/// on the table stays.
final class Conversion {

    private final TargetSession session;
    private final SystemColumns system;
    private final String now;

    /// Converts in a session.
    ///
    /// @param now when versions begin
    Conversion(TargetSession session, SystemColumns system, Instant now) {
        this.session = session;
        this.system = system;
        this.now = Times.of(now);
    }

    /// Converts a table, and returns it as it is then; the same object if it is of that mode already.
    TargetTable run(TargetTable table, Shape shape, SyncMode to) {
        SyncMode from = system.modeOf(table.columns().keySet());
        if (from == to) {
            return table;
        }
        if (to == SyncMode.LIVE) {
            session.run("DELETE FROM " + table.sql() + " WHERE NOT (" + system.isLive(from) + ")");
        } else if (from == SyncMode.HISTORY && shape.isKeyed()) {
            leaveLatest(table, shape);
        }
        add(table, to);
        mark(table, from, to);
        drop(table, from);
        if (shape.isKeyed()) {
            reindex(table.reread(session), shape, from, to);
        }
        return table.reread(session);
    }

    private void leaveLatest(TargetTable table, Shape shape) {
        session.run("DELETE FROM " + table.sql() + " WHERE ctid = ANY (ARRAY(SELECT x.here FROM (SELECT ctid AS here, row_number() OVER (PARTITION BY "
                + String.join(", ", new RowKey(shape, table).groups()) + " ORDER BY " + system.quotedStart() + " DESC) AS k FROM " + table.sql()
                + ") x WHERE x.k > 1))");
    }

    /// Adds the columns of a mode, as rows have them that live. As defaults while they are added, the values cost no writing of the rows.
    private void add(TargetTable table, SyncMode to) {
        switch (to) {
            case SOFT_DELETE -> add(table, system.quotedDeleted(), "boolean", "false");
            case LIVE -> {}
            case HISTORY -> {
                add(table, system.quotedStart(), "timestamptz", now);
                add(table, system.quotedEnd(), "timestamptz", Times.OPEN_END);
                add(table, system.quotedActive(), "boolean", "true");
            }
        }
    }

    private void add(TargetTable table, String column, String type, String value) {
        session.run("ALTER TABLE " + table.sql() + " ADD COLUMN " + column + " " + type + " DEFAULT " + value);
        session.run("ALTER TABLE " + table.sql() + " ALTER COLUMN " + column + " DROP DEFAULT");
    }

    /// Marks the rows that have ended as the mode has it.
    private void mark(TargetTable table, SyncMode from, SyncMode to) {
        String ended = " WHERE NOT (" + system.isLive(from) + ")";
        switch (to) {
            case SOFT_DELETE -> session.run("UPDATE " + table.sql() + " SET " + system.quotedDeleted() + " = true" + ended);
            case LIVE -> {}
            case HISTORY ->
                session.run("UPDATE " + table.sql() + " SET " + system.quotedEnd() + " = " + now + ", " + system.quotedActive() + " = false" + ended);
        }
    }

    private void drop(TargetTable table, SyncMode from) {
        switch (from) {
            case SOFT_DELETE -> session.run("ALTER TABLE " + table.sql() + " DROP COLUMN " + system.quotedDeleted());
            case LIVE -> {}
            case HISTORY -> session.run("ALTER TABLE " + table.sql() + " DROP COLUMN " + system.quotedStart() + ", DROP COLUMN " + system.quotedEnd()
                    + ", DROP COLUMN " + system.quotedActive());
        }
    }

    /// Rows of a history are found by key and start, others by their primary key; an index with the start has gone with that column.
    private void reindex(TargetTable table, Shape shape, SyncMode from, SyncMode to) {
        if (from == SyncMode.HISTORY || to == SyncMode.HISTORY) {
            Indexes indexes = new Indexes(session, system);
            indexes.dropPrimaryKey(table);
            indexes.make(table, shape, to);
        }
    }
}
