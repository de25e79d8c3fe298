package dev.millrace.core.shape;

/// A table's name at the source, exactly as the catalogue holds it: case kept, unquoted.
///
/// Orders by schema, then by table.
///
/// @param schema PostgreSQL's namespace
/// @param table the relation's name in it
public record TableName(String schema, String table) implements Comparable<TableName> {

    /// Refuses empty parts.
    public TableName {
        if (schema.isEmpty() || table.isEmpty()) {
            throw new IllegalArgumentException("Invalid table name: '%s'.'%s' (must not be empty)".formatted(schema, table));
        }
    }

    /// The name with both parts quoted for SQL.
    public String quoted() {
        return quote(schema) + "." + quote(table);
    }

    /// Any identifier, quoted for SQL: the same rule at PostgreSQL and at DuckDB.
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public int compareTo(TableName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : table.compareTo(other.table);
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
