package dev.millrace.destination.duckdb;

import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.ColumnTypes;
import dev.millrace.destination.duckdb.type.DuckType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A table of ours in DuckDB, with the columns that it has now.
///
/// @param table its name in the schema of the names, which may be one under which it is out of sight
/// @param columns type by name, in the table's order, our own columns included
/// @param names which column of the source lies in which of these
/// @param types what the columns of its store can hold
public record TargetTable(String table, Map<String, DuckType> columns, TargetNames names, ColumnTypes types) {

    /// Keeps its own copy of the map.
    public TargetTable {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /// Reads a table from DuckDB's catalogue, at the place of its names; empty if there is none.
    static Optional<TargetTable> find(DuckSession session, TargetNames names) {
        return find(session, names.table().table(), names);
    }

    /// Reads a table from DuckDB's catalogue; empty if there is none.
    ///
    /// @param table its name in the schema of the names
    static Optional<TargetTable> find(DuckSession session, String table, TargetNames names) {
        String schema = names.table().schema();
        Map<String, DuckType> columns = new LinkedHashMap<>();
        session.query(
                """
                SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
                WHERE database_name = current_database() AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
                ORDER BY column_index""",
                row -> {
                    boolean isHere = isSame(row.getString(1), schema) && isSame(row.getString(2), table);
                    if (isHere) {
                        columns.put(row.getString(3), DuckType.parse(row.getString(4)));
                    }
                    return isHere;
                },
                schema,
                table);
        return columns.isEmpty() ? Optional.empty() : Optional.of(new TargetTable(table, columns, names, session.rows().types()));
    }

    private static boolean isSame(String one, String other) {
        return DuckNames.fold(one).equals(DuckNames.fold(other));
    }

    /// The table as DuckDB's catalogue has it now.
    TargetTable reread(DuckSession session) {
        return find(session, table, names)
                .orElseThrow(() -> new IllegalStateException("Invalid table: %s (must exist)".formatted(sql())));
    }

    /// The table with another column, or with another type for one.
    TargetTable with(String column, DuckType type) {
        Map<String, DuckType> more = new LinkedHashMap<>(columns);
        more.put(column, type);
        return new TargetTable(table, more, names, types);
    }

    /// The table with other names for the columns of the source.
    TargetTable with(TargetNames other) {
        return new TargetTable(table, columns, other, types);
    }

    /// The name under which readers see it, or will.
    public TableName place() {
        return names.table();
    }

    /// DuckDB's schema.
    public String schema() {
        return names.table().schema();
    }

    /// The qualified name, quoted.
    public String sql() {
        return sql(table);
    }

    /// The qualified name of another table in the same schema, quoted.
    String sql(String other) {
        return TableName.quote(schema()) + "." + TableName.quote(other);
    }

    /// What a column of the source is called here, quoted.
    String quoted(Column column) {
        return TableName.quote(names.of(column));
    }

    /// What a column of the source is called here; empty if it was never given a name, or the table lacks it.
    Optional<String> held(String source) {
        return Optional.ofNullable(names.columns().get(source)).filter(name -> type(name).isPresent());
    }

    /// The type of a column; empty if the table lacks it.
    Optional<DuckType> type(String column) {
        DuckType type = columns.get(column);
        return type != null
                ? Optional.of(type)
                : columns.entrySet().stream()
                        .filter(entry -> isSame(entry.getKey(), column))
                        .map(Map.Entry::getValue)
                        .findFirst();
    }

    /// The type of a column that must be there.
    DuckType typeOf(String column) {
        return type(column)
                .orElseThrow(() -> new IllegalStateException("Invalid column of %s: %s (must exist)".formatted(sql(), column)));
    }
}
