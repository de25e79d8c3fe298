package dev.millrace.destination.duckdb;

import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A table of ours in DuckDB, with the columns that it has now.
///
/// @param schema DuckDB's schema
/// @param table the table in it
/// @param columns type by lower-case name, in the table's order, our own columns included: DuckDB takes no notice of case
record TargetTable(String schema, String table, Map<String, DuckType> columns) {

    TargetTable {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /// Reads a table from DuckDB's catalogue; empty if there is none.
    static Optional<TargetTable> find(DuckSession session, String schema, String table) {
        Map<String, DuckType> columns = new LinkedHashMap<>();
        session.query(
                """
                SELECT lower(column_name), data_type FROM duckdb_columns()
                WHERE database_name = current_database() AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
                ORDER BY column_index""",
                row -> columns.put(row.getString(1), DuckType.parse(row.getString(2))),
                schema,
                table);
        return columns.isEmpty() ? Optional.empty() : Optional.of(new TargetTable(schema, table, columns));
    }

    /// The table with another column, or with another type for one.
    TargetTable with(String column, DuckType type) {
        Map<String, DuckType> more = new LinkedHashMap<>(columns);
        more.put(column.toLowerCase(Locale.ROOT), type);
        return new TargetTable(schema, table, more);
    }

    /// The qualified name, quoted.
    String sql() {
        return TableName.quote(schema) + "." + TableName.quote(table);
    }

    /// The type of a column; empty if the table lacks it.
    Optional<DuckType> type(String column) {
        return Optional.ofNullable(columns.get(column.toLowerCase(Locale.ROOT)));
    }

    /// The type of a column that must be there.
    DuckType typeOf(String column) {
        return type(column)
                .orElseThrow(() -> new IllegalStateException("Invalid column of %s: %s (must exist)".formatted(sql(), column)));
    }
}
