package dev.millrace.destination.postgres;

import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.TargetType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A table at the destination, with the columns that it has now.
///
/// @param table its name in the schema of the names, which may be one under which it is out of sight
/// @param columns type by name, in the table's order, our own columns included
/// @param names which column of the source lies in which of these
/// @param isPlain whether it is an ordinary table, and no view or the like
record TargetTable(String table, Map<String, TargetType> columns, TargetNames names, boolean isPlain) {

    TargetTable {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /// Reads a table from the catalogue, at the place of its names; empty if there is none.
    static Optional<TargetTable> find(TargetSession session, TargetNames names) {
        return find(session, names.table().table(), names);
    }

    /// Reads a table from the catalogue; empty if there is none.
    ///
    /// @param table its name in the schema of the names
    static Optional<TargetTable> find(TargetSession session, String table, TargetNames names) {
        Map<String, TargetType> columns = new LinkedHashMap<>();
        return session
                .query(
                        """
                        SELECT c.relkind = 'r', a.attname, format_type(a.atttypid, a.atttypmod)
                        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                        WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY a.attnum""",
                        row -> {
                            String column = row.getString(2);
                            if (column != null) {
                                columns.put(column, new TargetType(row.getString(3)));
                            }
                            return row.getBoolean(1);
                        },
                        names.table().schema(),
                        table)
                .stream()
                .findFirst()
                .map(isPlain -> new TargetTable(table, columns, names, isPlain));
    }

    /// The table as the catalogue has it now.
    TargetTable reread(TargetSession session) {
        return find(session, table, names)
                .orElseThrow(() -> new IllegalStateException("Invalid table: %s (must exist)".formatted(sql())));
    }

    /// The table with another column, or with another type for one.
    TargetTable with(String column, TargetType type) {
        Map<String, TargetType> more = new LinkedHashMap<>(columns);
        more.put(column, type);
        return new TargetTable(table, more, names, isPlain);
    }

    /// The table with other names for the columns of the source.
    TargetTable with(TargetNames other) {
        return new TargetTable(table, columns, other, isPlain);
    }

    /// The schema's name.
    String schema() {
        return names.table().schema();
    }

    /// The qualified name, quoted.
    String sql() {
        return new TableName(schema(), table).quoted();
    }

    /// What a column of the source is called here, quoted.
    String quoted(Column column) {
        return TableName.quote(names.of(column));
    }

    /// What a column of the source is called here; empty if it was never given a name, or the table lacks it.
    Optional<String> held(String source) {
        return Optional.ofNullable(names.columns().get(source)).filter(columns::containsKey);
    }

    /// The type of a column; empty if the table lacks it.
    Optional<TargetType> type(String column) {
        return Optional.ofNullable(columns.get(column));
    }

    /// The type of a column that must be there.
    TargetType typeOf(String column) {
        return type(column)
                .orElseThrow(() -> new IllegalStateException("Invalid column of %s: %s (must exist)".formatted(sql(), column)));
    }

    /// The type of a column of the source, which must be there.
    TargetType typeOf(Column column) {
        return typeOf(names.of(column));
    }
}
