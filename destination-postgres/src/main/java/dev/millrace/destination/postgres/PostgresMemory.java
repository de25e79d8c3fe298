package dev.millrace.destination.postgres;

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
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.ShapeCodec;
import dev.millrace.core.shape.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one connection remembers in the destination's database: rows of the [tables][MemoryTables] of the schema `_millrace`, keyed by the
/// connection's schema prefix. Every statement runs in the caller's session and transaction.
final class PostgresMemory {

    private static final String OF_TABLE = " WHERE connection = ? AND source_schema = ? AND source_table = ?";

    private final String connection;

    /// The memory of the connection with that schema prefix.
    PostgresMemory(String connection) {
        this.connection = connection;
    }

    /// The connection's schema prefix.
    String connection() {
        return connection;
    }

    Memory recall(TargetSession session, Map<TableName, TargetNames> names) {
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

    /// What is remembered of one table, with names that are known already.
    Optional<TableMemory> recall(TargetSession session, Map<TableName, TargetNames> names, TableName table) {
        return Optional.ofNullable(tables(session, names, Optional.of(table)).get(table));
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /// @param only the table that is asked for; empty for all
    private SortedMap<TableName, TableMemory> tables(TargetSession session, Map<TableName, TargetNames> names, Optional<TableName> only) {
        String which = only.isPresent() ? OF_TABLE : " WHERE connection = ?";
        Object[] parameters = only.map(table -> new Object[] {connection, table.schema(), table.table()}).orElseGet(() -> new Object[] {connection});
        Map<TableName, Map<Integer, FinishedRange>> ranges = ranges(session, which, parameters);
        SortedMap<TableName, TableMemory> tables = new TreeMap<>();
        session.query(
                "SELECT source_schema, source_table, state, mode, published, shape, plan, copy_requested, row_count FROM _millrace.tables" + which,
                row -> {
                    TableName name = new TableName(row.getString(1), row.getString(2));
                    TargetNames given = names.get(name);
                    if (given == null) {
                        throw new IllegalStateException("Invalid memory: no names of %s (must have been given)".formatted(name));
                    }
                    byte[] plan = row.getBytes(7);
                    TableMemory table = new TableMemory(
                            TableState.valueOf(row.getString(3)),
                            SyncMode.valueOf(row.getString(4)),
                            ShapeCodec.decode(row.getBytes(6)),
                            row.getBoolean(5),
                            plan == null ? Optional.empty() : Optional.of(CopyPlanCodec.decode(plan)),
                            ranges.getOrDefault(name, Map.of()),
                            row.getBoolean(8),
                            row.getLong(9),
                            given);
                    return tables.put(name, table);
                },
                parameters);
        return tables;
    }

    /// The names of all tables that the connection ever had, by name at the source.
    SortedMap<TableName, TargetNames> names(TargetSession session) {
        SortedMap<TableName, TargetNames> names = new TreeMap<>();
        session.query(
                """
                SELECT source_schema, source_table, target_schema, target_table, source_columns, target_columns
                FROM _millrace.names WHERE connection = ?""",
                row -> {
                    SortedMap<String, String> columns = new TreeMap<>();
                    List<String> target = texts(row, 6);
                    int next = 0;
                    for (String column : texts(row, 5)) {
                        columns.put(column, target.get(next++));
                    }
                    return names.put(
                            new TableName(row.getString(1), row.getString(2)),
                            new TargetNames(new TableName(row.getString(3), row.getString(4)), columns));
                },
                connection);
        return names;
    }

    private static List<String> texts(ResultSet row, int column) throws SQLException {
        return Arrays.asList((String[]) row.getArray(column).getArray());
    }

    /// Remembers the names of a table, instead of those that it had.
    void setNames(TargetSession session, TableName table, Naming naming, TargetNames names) {
        session.run(
                """
                INSERT INTO _millrace.names (connection, source_schema, source_table, naming, target_schema, target_table, source_columns, target_columns)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (connection, source_schema, source_table) DO UPDATE SET naming = excluded.naming, target_schema = excluded.target_schema,
                    target_table = excluded.target_table, source_columns = excluded.source_columns, target_columns = excluded.target_columns""",
                connection,
                table.schema(),
                table.table(),
                naming.name(),
                names.table().schema(),
                names.table().table(),
                names.columns().keySet().toArray(String[]::new),
                names.columns().values().toArray(String[]::new));
    }

    /// The rules by which names were given; empty before the first.
    Optional<Naming> naming(TargetSession session) {
        return session.queryFirst(
                "SELECT naming FROM _millrace.names WHERE connection = ? LIMIT 1", row -> Naming.valueOf(row.getString(1)), connection);
    }

    /// Whether a place was given to a table of another connection.
    boolean isOthers(TargetSession session, TableName place) {
        return session.queryFirst(
                        "SELECT 1 FROM _millrace.names WHERE connection <> ? AND target_schema = ? AND target_table = ? LIMIT 1",
                        row -> row.getInt(1),
                        connection,
                        place.schema(),
                        place.table())
                .isPresent();
    }

    private Map<TableName, Map<Integer, FinishedRange>> ranges(TargetSession session, String which, Object[] parameters) {
        Map<TableName, Map<Integer, FinishedRange>> ranges = new HashMap<>();
        session.query(
                "SELECT source_schema, source_table, number, snapshot, read_at, row_count FROM _millrace.ranges" + which,
                row -> ranges.computeIfAbsent(new TableName(row.getString(1), row.getString(2)), _ -> new HashMap<>())
                        .put(row.getInt(3), range(row, 4)),
                parameters);
        return ranges;
    }

    private static FinishedRange range(ResultSet row, int first) throws SQLException {
        return new FinishedRange(
                TransactionSnapshot.parse(row.getString(first)), Position.parse(row.getString(first + 1)), row.getLong(first + 2));
    }

    void adopt(TargetSession session, SourceIdentity source, Position start, Instant now) {
        session.run(
                """
                INSERT INTO _millrace.checkpoints (connection, system_identifier, source_database, position, written_at)
                VALUES (?, ?, ?, ?, ?)""",
                connection,
                source.systemIdentifier(),
                source.database(),
                start.asText(),
                now);
    }

    void moveTo(TargetSession session, Position position, Optional<Instant> committedAt, Instant now) {
        session.run(
                """
                UPDATE _millrace.checkpoints SET position = ?, committed_at = coalesce(?::timestamptz, committed_at), written_at = ?
                WHERE connection = ?""",
                position.asText(),
                committedAt.orElse(null),
                now,
                connection);
    }

    /// Moves to any position, and asks for a new copy of every table.
    void restart(TargetSession session, Position start, Instant now) {
        moveTo(session, start, Optional.empty(), now);
        session.run("UPDATE _millrace.tables SET copy_requested = true WHERE connection = ?", connection);
    }

    /// Records that a table's copy begins, instead of whatever was known of it.
    void beginCopy(TargetSession session, CopyPlan plan, SyncMode mode, boolean published) {
        TableName table = plan.shape().table();
        forget(session, table);
        session.run(
                """
                INSERT INTO _millrace.tables (connection, source_schema, source_table, state, mode, published, shape, plan, copy_requested, row_count)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, false, 0)""",
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
    void addRange(TargetSession session, TableName table, int number, FinishedRange range, List<String> unfit) {
        session.run(
                """
                INSERT INTO _millrace.ranges (connection, source_schema, source_table, number, snapshot, read_at, row_count, unfit)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                connection,
                table.schema(),
                table.table(),
                number,
                range.snapshot().toString(),
                range.readAt().asText(),
                range.rows(),
                unfit.toArray(String[]::new));
    }

    /// The columns in which a copy met values that do not fit.
    List<String> unfitColumns(TargetSession session, TableName table) {
        return session.query(
                "SELECT DISTINCT unnest(unfit) AS name FROM _millrace.ranges" + OF_TABLE + " ORDER BY name",
                row -> row.getString(1),
                connection,
                table.schema(),
                table.table());
    }

    /// Records that values did not fit a column, which was turned into text.
    void addWidened(TargetSession session, WidenedColumn column) {
        session.run(
                """
                INSERT INTO _millrace.widened (connection, source_schema, source_table, column_name, value_count, widened_at)
                VALUES (?, ?, ?, ?, ?, now())""",
                connection,
                column.table().schema(),
                column.table().table(),
                column.column(),
                column.values());
    }

    /// The columns that were turned into text, by table and name.
    List<WidenedColumn> widened(TargetSession session) {
        return session.query(
                """
                SELECT source_schema, source_table, column_name, sum(value_count)::bigint FROM _millrace.widened WHERE connection = ?
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
                row -> new WidenedColumn(new TableName(row.getString(1), row.getString(2)), row.getString(3), row.getLong(4)),
                connection);
    }

    void forgetWidened(TargetSession session, TableName table) {
        session.run("DELETE FROM _millrace.widened" + OF_TABLE, connection, table.schema(), table.table());
    }

    Optional<FinishedRange> range(TargetSession session, TableName table, int number) {
        return session.queryFirst(
                "SELECT snapshot, read_at, row_count FROM _millrace.ranges" + OF_TABLE + " AND number = ?",
                row -> range(row, 1),
                connection,
                table.schema(),
                table.table(),
                number);
    }

    void setState(TargetSession session, TableName table, TableState state) {
        session.run(
                "UPDATE _millrace.tables SET state = ?" + OF_TABLE, state.name(), connection, table.schema(), table.table());
    }

    void setMode(TargetSession session, TableName table, SyncMode mode) {
        session.run(
                "UPDATE _millrace.tables SET mode = ?" + OF_TABLE, mode.name(), connection, table.schema(), table.table());
    }

    void requestCopy(TargetSession session, TableName table) {
        session.run(
                "UPDATE _millrace.tables SET copy_requested = true" + OF_TABLE, connection, table.schema(), table.table());
    }

    void setShape(TargetSession session, Shape shape) {
        session.run(
                "UPDATE _millrace.tables SET shape = ?" + OF_TABLE,
                ShapeCodec.encode(shape),
                connection,
                shape.table().schema(),
                shape.table().table());
    }

    /// Records that a table's copy has ended and that readers see it.
    void publish(TargetSession session, TableName table, Shape shape, long rows) {
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

    void forget(TargetSession session, TableName table) {
        dropCopy(session, table);
        session.run("DELETE FROM _millrace.tables" + OF_TABLE, connection, table.schema(), table.table());
    }

    private void dropCopy(TargetSession session, TableName table) {
        session.run("DELETE FROM _millrace.ranges" + OF_TABLE, connection, table.schema(), table.table());
        session.run("DELETE FROM _millrace.pending" + OF_TABLE, connection, table.schema(), table.table());
    }

    /// Keeps changes for a table that is being copied, behind those that are kept.
    void addPending(TargetSession session, TableChanges changes) {
        session.run(
                """
                INSERT INTO _millrace.pending (connection, source_schema, source_table, change_count, shape, changes)
                VALUES (?, ?, ?, ?, ?, ?)""",
                connection,
                changes.shape().table().schema(),
                changes.shape().table().table(),
                changes.count(),
                ShapeCodec.encode(changes.shape()),
                changes.packed());
    }

    /// The numbers and sizes of what is kept for a table, in order.
    List<PendingChanges.Kept> pending(TargetSession session, TableName table) {
        return session.query(
                "SELECT number, octet_length(changes) FROM _millrace.pending" + OF_TABLE + " ORDER BY number",
                row -> new PendingChanges.Kept(row.getLong(1), row.getLong(2)),
                connection,
                table.schema(),
                table.table());
    }

    /// Changes that are kept.
    TableChanges pendingChanges(TargetSession session, long number) {
        return session.queryFirst(
                        "SELECT shape, changes, change_count FROM _millrace.pending WHERE number = ?",
                        row -> TableChanges.of(ShapeCodec.decode(row.getBytes(1)), row.getBytes(2), row.getInt(3)),
                        number)
                .orElseThrow();
    }
}
