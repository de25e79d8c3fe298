package dev.millrace.destination.postgres;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.List;

/// The one index that each table has, by which its rows are found: its primary key; in a history, key and start; without a key, the rows'
/// identity.
final class Indexes {

    /// PostgreSQL's own limit.
    private static final int MOST_COLUMNS = 32;

    private final TargetSession session;
    private final SystemColumns system;

    Indexes(TargetSession session, SystemColumns system) {
        this.session = session;
        this.system = system;
    }

    /// Makes the index for rows of a mode.
    void make(TargetTable table, Shape shape, SyncMode mode) {
        if (!shape.isKeyed()) {
            index(table, List.of(system.quotedId()));
            return;
        }
        RowKey key = new RowKey(shape, table);
        List<String> columns = new ArrayList<>(key.names());
        if (mode != SyncMode.HISTORY && key.isExact()) {
            session.run("ALTER TABLE " + table.sql() + " ADD PRIMARY KEY (" + String.join(", ", columns) + ")");
            return;
        }
        if (mode == SyncMode.HISTORY && columns.size() < MOST_COLUMNS) {
            columns.add(system.quotedStart());
        }
        index(table, columns);
    }

    private void index(TargetTable table, List<String> columns) {
        session.run("CREATE INDEX ON " + table.sql() + " (" + String.join(", ", columns) + ")");
    }

    /// Calls the indexes of a copy that is published after the table that it is now, where nothing else is called so.
    void settleNames(TargetTable table) {
        session.query(
                        """
                        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                        WHERE i.indrelid = to_regclass(?) AND starts_with(c.relname, ?)""",
                        row -> row.getString(1),
                        table.sql(),
                        PostgresNames.SHADOW)
                .forEach(name -> settleName(table, name, name.substring(PostgresNames.SHADOW.length())));
    }

    private void settleName(TargetTable table, String name, String settled) {
        boolean isFree = session.queryFirst(
                        "SELECT 1 WHERE to_regclass(?) IS NULL", row -> true, new TableName(table.schema(), settled).quoted())
                .isPresent();
        if (isFree) {
            session.run("ALTER INDEX " + new TableName(table.schema(), name).quoted() + " RENAME TO " + TableName.quote(settled));
        }
    }

    /// Takes the primary key away, if there is one, since a history has many rows of a key.
    void dropPrimaryKey(TargetTable table) {
        session.query(
                        "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(?) AND contype = 'p'",
                        row -> row.getString(1),
                        table.sql())
                .forEach(name -> session.run("ALTER TABLE " + table.sql() + " DROP CONSTRAINT " + TableName.quote(name)));
    }

    /// The columns of a table's primary key; none if it has none.
    List<String> primaryKey(TargetTable table) {
        return session.query(
                """
                SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                WHERE i.indrelid = to_regclass(?) AND i.indisprimary ORDER BY a.attnum""",
                row -> row.getString(1),
                table.sql());
    }

    /// Has the rows of a key found by an index that several rows may share, and in which some may have none: rows that ended under another key of the table.
    void loosen(TargetTable table, Shape shape) {
        List<String> columns = new RowKey(shape, table).names();
        dropPrimaryKey(table);
        columns.forEach(column -> session.run("ALTER TABLE " + table.sql() + " ALTER COLUMN " + column + " DROP NOT NULL"));
        index(table, columns);
    }

    /// Leaves one row of each key that is among staged ones, the living one if there is one: others ended under another key of the table.
    ///
    /// @param staged the SQL of the staged rows
    void leaveOneOfStaged(TargetTable table, Shape shape, String staged) {
        RowKey key = new RowKey(shape, table);
        session.run("DELETE FROM " + table.sql() + " WHERE ctid = ANY (ARRAY(SELECT x.here FROM (SELECT t.ctid AS here, row_number() OVER (PARTITION BY "
                + String.join(", ", key.groups()) + " ORDER BY " + system.quotedDeleted() + ", " + system.quotedSynced() + " DESC) AS k FROM " + table.sql()
                + " t WHERE EXISTS (SELECT 1 FROM " + staged + " s WHERE " + key.matches() + ")) x WHERE x.k > 1))");
    }

    /// Leaves one row of each key, where ranges that were read under several snapshots have brought the same row twice: it moved between
    /// them, so the log tells of it, and what it tells is folded in.
    void leaveOneOfEachKey(TargetTable table, Shape shape) {
        session.run("DELETE FROM " + table.sql() + " WHERE ctid = ANY (ARRAY(SELECT x.here FROM (SELECT ctid AS here, row_number() OVER (PARTITION BY "
                + String.join(", ", new RowKey(shape, table).groups()) + " ORDER BY ctid DESC) AS k FROM " + table.sql() + ") x WHERE x.k > 1))");
    }
}
