package dev.millrace.destination.duckdb;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyPlanCodec;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.merge.PendingChanges;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.ShapeCodec;
import dev.millrace.core.shape.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one connection remembers in a DuckDB file: the tables of the schema `_millrace`, whose rows are keyed by the connection's schema
/// prefix. Every statement runs in the caller's session and transaction.
final class DuckMemory {

    private static final List<String> TABLES = List.of(
            "CREATE SCHEMA IF NOT EXISTS _millrace",
            """
            CREATE TABLE IF NOT EXISTS _millrace.checkpoints (
                connection VARCHAR NOT NULL, system_identifier VARCHAR NOT NULL, source_database VARCHAR NOT NULL,
                position VARCHAR NOT NULL, committed_at TIMESTAMPTZ, written_at TIMESTAMPTZ NOT NULL)""",
            """
            CREATE TABLE IF NOT EXISTS _millrace.tables (
                connection VARCHAR NOT NULL, source_schema VARCHAR NOT NULL, source_table VARCHAR NOT NULL,
                state VARCHAR NOT NULL, mode VARCHAR NOT NULL, published BOOLEAN NOT NULL, shape BLOB NOT NULL, plan BLOB,
                copy_requested BOOLEAN NOT NULL, row_count BIGINT NOT NULL)""",
            // A file of before there were modes.
            "ALTER TABLE _millrace.tables ADD COLUMN IF NOT EXISTS mode VARCHAR DEFAULT 'SOFT_DELETE'",
            """
            CREATE TABLE IF NOT EXISTS _millrace.ranges (
                connection VARCHAR NOT NULL, source_schema VARCHAR NOT NULL, source_table VARCHAR NOT NULL, number INTEGER NOT NULL,
                snapshot VARCHAR NOT NULL, read_at VARCHAR NOT NULL, row_count BIGINT NOT NULL, unfit VARCHAR[] NOT NULL)""",
            """
            CREATE TABLE IF NOT EXISTS _millrace.pending (
                connection VARCHAR NOT NULL, source_schema VARCHAR NOT NULL, source_table VARCHAR NOT NULL, number BIGINT NOT NULL,
                change_count INTEGER NOT NULL, shape BLOB NOT NULL, changes BLOB NOT NULL)""",
            """
            CREATE TABLE IF NOT EXISTS _millrace.widened (
                connection VARCHAR NOT NULL, source_schema VARCHAR NOT NULL, source_table VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
                value_count BIGINT NOT NULL, widened_at TIMESTAMPTZ NOT NULL)""",
            "CREATE TABLE IF NOT EXISTS _millrace.salt (salt BLOB NOT NULL)",
            // The names of every table that there ever was.
            """
            CREATE TABLE IF NOT EXISTS _millrace.names (
                connection VARCHAR NOT NULL, source_schema VARCHAR NOT NULL, source_table VARCHAR NOT NULL, naming VARCHAR NOT NULL,
                target_schema VARCHAR NOT NULL, target_table VARCHAR NOT NULL, columns MAP(VARCHAR, VARCHAR) NOT NULL)""");

    private static final String OF_TABLE = " WHERE connection = ? AND source_schema = ? AND source_table = ?";

    private final String connection;

    /// The memory of the connection with that schema prefix.
    DuckMemory(String connection) {
        this.connection = connection;
    }

    /// The connection's schema prefix.
    String connection() {
        return connection;
    }

    /// Makes the tables if they are not there.
    static void prepare(DuckSession session) {
        TABLES.forEach(session::run);
    }

    /// The salt of the file, which is made if there is none.
    static Salt salt(DuckSession session) {
        return session.queryFirst("SELECT salt FROM _millrace.salt", row -> Salt.of(row.getBytes(1))).orElseGet(() -> {
            Salt made = Salt.random();
            session.run("INSERT INTO _millrace.salt VALUES (?)", made.reveal());
            return made;
        });
    }

    Memory recall(DuckSession session) {
        return recall(session, names(session));
    }

    /// What is remembered, with names that are known already; tables that are not among them are called as at the source.
    Memory recall(DuckSession session, Map<TableName, TargetNames> names) {
        SortedMap<TableName, TableMemory> tables = tables(session, names, Optional.empty());
        return session.queryFirst(
                        "SELECT system_identifier, source_database, position, committed_at FROM _millrace.checkpoints WHERE connection = ?",
                        row -> new Memory(
                                Optional.of(new SourceIdentity(row.getString(1), row.getString(2))),
                                Optional.of(Position.parse(row.getString(3))),
                                instant(row, 4),
                                tables),
                        connection)
                .orElseGet(() -> new Memory(Optional.empty(), Optional.empty(), Optional.empty(), tables));
    }

    /// A position that a range was read at. Files of before there were other kinds hold bare places in the log.
    private static Position readAt(String text) {
        return text.indexOf(':') < 0 ? new LogPosition(Lsn.parse(text)) : Position.parse(text);
    }

    /// What is remembered of one table, with names that are known already.
    Optional<TableMemory> recall(DuckSession session, Map<TableName, TargetNames> names, TableName table) {
        return Optional.ofNullable(tables(session, names, Optional.of(table)).get(table));
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /// @param only the table that is asked for; empty for all
    private SortedMap<TableName, TableMemory> tables(DuckSession session, Map<TableName, TargetNames> names, Optional<TableName> only) {
        String which = only.isPresent() ? OF_TABLE : " WHERE connection = ?";
        Object[] parameters = only.map(table -> new Object[] {connection, table.schema(), table.table()}).orElseGet(() -> new Object[] {connection});
        Map<TableName, Map<Integer, FinishedRange>> ranges = ranges(session, which, parameters);
        SortedMap<TableName, TableMemory> tables = new TreeMap<>();
        session.query(
                "SELECT source_schema, source_table, state, mode, published, shape, plan, copy_requested, row_count FROM _millrace.tables" + which,
                row -> {
                    TableName name = new TableName(row.getString(1), row.getString(2));
                    Shape shape = ShapeCodec.decode(row.getBytes(6));
                    byte[] plan = row.getBytes(7);
                    TableMemory table = new TableMemory(
                            TableState.valueOf(row.getString(3)),
                            SyncMode.valueOf(row.getString(4)),
                            shape,
                            row.getBoolean(5),
                            plan == null ? Optional.empty() : Optional.of(CopyPlanCodec.decode(plan)),
                            ranges.getOrDefault(name, Map.of()),
                            row.getBoolean(8),
                            row.getLong(9),
                            Optional.ofNullable(names.get(name)).orElseGet(() -> asAtSource(shape)));
                    return tables.put(name, table);
                },
                parameters);
        return tables;
    }

    private TargetNames asAtSource(Shape shape) {
        return TargetNames.asAtSource(new TableName(connection + "_" + shape.table().schema(), shape.table().table()), shape);
    }

    /// The names of all tables that the connection ever had, by name at the source.
    SortedMap<TableName, TargetNames> names(DuckSession session) {
        SortedMap<TableName, TargetNames> names = new TreeMap<>();
        session.query(
                """
                SELECT source_schema, source_table, target_schema, target_table, columns FROM _millrace.names WHERE connection = ?""",
                row -> names.put(
                        new TableName(row.getString(1), row.getString(2)),
                        new TargetNames(new TableName(row.getString(3), row.getString(4)), columns((Map<?, ?>) row.getObject(5)))),
                connection);
        return names;
    }

    private static SortedMap<String, String> columns(Map<?, ?> names) {
        SortedMap<String, String> columns = new TreeMap<>();
        names.forEach((source, target) -> columns.put(source.toString(), target.toString()));
        return columns;
    }

    /// Remembers the names of a table, instead of those that it had.
    void setNames(DuckSession session, TableName table, Naming naming, TargetNames names) {
        session.run("DELETE FROM _millrace.names" + OF_TABLE, connection, table.schema(), table.table());
        session.run(
                """
                INSERT INTO _millrace.names VALUES (?, ?, ?, ?, ?, ?,
                    map(
                        list_filter(string_split(?, chr(0)), lambda name: name <> ''),
                        list_filter(string_split(?, chr(0)), lambda name: name <> '')))""",
                connection,
                table.schema(),
                table.table(),
                naming.name(),
                names.table().schema(),
                names.table().table(),
                String.join("\0", names.columns().keySet()),
                String.join("\0", names.columns().values()));
    }

    /// The rules by which names were given; empty before the first.
    Optional<Naming> naming(DuckSession session) {
        return session.queryFirst(
                "SELECT naming FROM _millrace.names WHERE connection = ? LIMIT 1", row -> Naming.valueOf(row.getString(1)), connection);
    }

    /// Whether a place was given to a table of another connection.
    boolean isOthers(DuckSession session, TableName place) {
        return session.queryFirst(
                        """
                        SELECT 1 FROM (
                            SELECT connection, target_schema, target_table FROM _millrace.names
                            UNION ALL
                            SELECT connection, connection || '_' || source_schema, source_table
                            FROM _millrace.tables ANTI JOIN _millrace.names USING (connection, source_schema, source_table))
                        WHERE connection <> ? AND lower(target_schema) = lower(?) AND lower(target_table) = lower(?)""",
                        row -> row.getInt(1),
                        connection,
                        place.schema(),
                        place.table())
                .isPresent();
    }

    private Map<TableName, Map<Integer, FinishedRange>> ranges(DuckSession session, String which, Object[] parameters) {
        Map<TableName, Map<Integer, FinishedRange>> ranges = new HashMap<>();
        session.query(
                "SELECT source_schema, source_table, number, snapshot, read_at, row_count FROM _millrace.ranges" + which,
                row -> {
                    TableName name = new TableName(row.getString(1), row.getString(2));
                    return ranges.computeIfAbsent(name, _ -> new HashMap<>())
                            .put(
                                    row.getInt(3),
                                    new FinishedRange(
                                            TransactionSnapshot.parse(row.getString(4)), readAt(row.getString(5)), row.getLong(6)));
                },
                parameters);
        return ranges;
    }

    void adopt(DuckSession session, SourceIdentity source, Position start, Instant now) {
        session.run(
                "INSERT INTO _millrace.checkpoints VALUES (?, ?, ?, ?, NULL, ?)",
                connection,
                source.systemIdentifier(),
                source.database(),
                start.asText(),
                now.atOffset(ZoneOffset.UTC));
    }

    void moveTo(DuckSession session, Position position, Optional<Instant> committedAt, Instant now) {
        session.run(
                """
                UPDATE _millrace.checkpoints SET position = ?, committed_at = coalesce(?, committed_at), written_at = ?
                WHERE connection = ?""",
                position.asText(),
                committedAt.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null),
                now.atOffset(ZoneOffset.UTC),
                connection);
    }

    /// Moves to any position, and asks for a new copy of every table.
    void restart(DuckSession session, Position start, Instant now) {
        moveTo(session, start, Optional.empty(), now);
        session.run("UPDATE _millrace.tables SET copy_requested = true WHERE connection = ?", connection);
    }

    /// Records that a table's copy begins, instead of whatever was known of it.
    void beginCopy(DuckSession session, CopyPlan plan, SyncMode mode, boolean published) {
        TableName table = plan.shape().table();
        forget(session, table);
        session.run(
                "INSERT INTO _millrace.tables VALUES (?, ?, ?, ?, ?, ?, ?, ?, false, 0)",
                connection,
                table.schema(),
                table.table(),
                TableState.COPYING.name(),
                mode.name(),
                published,
                ShapeCodec.encode(plan.shape()),
                CopyPlanCodec.encode(plan));
    }

    /// Records a loaded range. Only ever inserts, so that it gets along with what the owner does at the same time.
    void addRange(DuckSession session, TableName table, int number, FinishedRange range, List<String> unfit) {
        session.run(
                "INSERT INTO _millrace.ranges VALUES (?, ?, ?, ?, ?, ?, ?, string_split(?, chr(0)))",
                connection,
                table.schema(),
                table.table(),
                number,
                range.snapshot().toString(),
                range.readAt().asText(),
                range.rows(),
                String.join("\0", unfit));
    }

    /// The columns in which a copy met values that do not fit.
    List<String> unfitColumns(DuckSession session, TableName table) {
        return session.query(
                "SELECT DISTINCT unnest(unfit) AS name FROM _millrace.ranges" + OF_TABLE + " ORDER BY name",
                row -> row.getString(1),
                connection,
                table.schema(),
                table.table())
                .stream()
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /// Records that values did not fit a column, which was turned into text.
    void addWidened(DuckSession session, WidenedColumn column) {
        session.run(
                "INSERT INTO _millrace.widened VALUES (?, ?, ?, ?, ?, now())",
                connection,
                column.table().schema(),
                column.table().table(),
                column.column(),
                column.values());
    }

    /// The columns that were turned into text, by table and name.
    List<WidenedColumn> widened(DuckSession session) {
        return session.query(
                """
                SELECT source_schema, source_table, column_name, sum(value_count)::BIGINT FROM _millrace.widened WHERE connection = ?
                GROUP BY ALL ORDER BY ALL""",
                row -> new WidenedColumn(new TableName(row.getString(1), row.getString(2)), row.getString(3), row.getLong(4)),
                connection);
    }

    void forgetWidened(DuckSession session, TableName table) {
        session.run("DELETE FROM _millrace.widened" + OF_TABLE, connection, table.schema(), table.table());
    }

    Optional<FinishedRange> range(DuckSession session, TableName table, int number) {
        return session.queryFirst(
                "SELECT snapshot, read_at, row_count FROM _millrace.ranges" + OF_TABLE + " AND number = ?",
                row -> new FinishedRange(
                        TransactionSnapshot.parse(row.getString(1)), readAt(row.getString(2)), row.getLong(3)),
                connection,
                table.schema(),
                table.table(),
                number);
    }

    void setState(DuckSession session, TableName table, TableState state) {
        session.run(
                "UPDATE _millrace.tables SET state = ?" + OF_TABLE, state.name(), connection, table.schema(), table.table());
    }

    void setMode(DuckSession session, TableName table, SyncMode mode) {
        session.run(
                "UPDATE _millrace.tables SET mode = ?" + OF_TABLE, mode.name(), connection, table.schema(), table.table());
    }

    void requestCopy(DuckSession session, TableName table) {
        session.run(
                "UPDATE _millrace.tables SET copy_requested = true" + OF_TABLE, connection, table.schema(), table.table());
    }

    void setShape(DuckSession session, Shape shape) {
        session.run(
                "UPDATE _millrace.tables SET shape = ?" + OF_TABLE,
                ShapeCodec.encode(shape),
                connection,
                shape.table().schema(),
                shape.table().table());
    }

    /// Records that a table's copy has ended and that readers see it.
    void publish(DuckSession session, TableName table, Shape shape, long rows) {
        dropCopy(session, table);
        session.run(
                "UPDATE _millrace.tables SET state = ?, published = true, shape = ?, plan = NULL, row_count = ?" + OF_TABLE,
                TableState.STREAMING.name(),
                ShapeCodec.encode(shape),
                rows,
                connection,
                table.schema(),
                table.table());
    }

    void forget(DuckSession session, TableName table) {
        dropCopy(session, table);
        session.run("DELETE FROM _millrace.tables" + OF_TABLE, connection, table.schema(), table.table());
    }

    private void dropCopy(DuckSession session, TableName table) {
        session.run("DELETE FROM _millrace.ranges" + OF_TABLE, connection, table.schema(), table.table());
        session.run("DELETE FROM _millrace.pending" + OF_TABLE, connection, table.schema(), table.table());
    }

    /// Keeps changes for a table that is being copied.
    void addPending(DuckSession session, TableChanges changes, long number) {
        session.run(
                "INSERT INTO _millrace.pending VALUES (?, ?, ?, ?, ?, ?, ?)",
                connection,
                changes.shape().table().schema(),
                changes.shape().table().table(),
                number,
                changes.count(),
                ShapeCodec.encode(changes.shape()),
                changes.packed());
    }

    /// A number behind that of every change that is kept.
    long nextPending(DuckSession session) {
        return session.queryLong("SELECT coalesce(max(number), 0) + 1 FROM _millrace.pending WHERE connection = ?", connection);
    }

    /// The numbers and sizes of what is kept for a table, in order.
    List<PendingChanges.Kept> pending(DuckSession session, TableName table) {
        return session.query(
                "SELECT number, octet_length(changes) FROM _millrace.pending" + OF_TABLE + " ORDER BY number",
                row -> new PendingChanges.Kept(row.getLong(1), row.getLong(2)),
                connection,
                table.schema(),
                table.table());
    }

    /// Changes that are kept.
    TableChanges pendingChanges(DuckSession session, long number) {
        return session.queryFirst(
                        "SELECT shape, changes, change_count FROM _millrace.pending WHERE connection = ? AND number = ?",
                        row -> TableChanges.of(ShapeCodec.decode(row.getBytes(1)), row.getBytes(2), row.getInt(3)),
                        connection,
                        number)
                .orElseThrow();
    }

}
