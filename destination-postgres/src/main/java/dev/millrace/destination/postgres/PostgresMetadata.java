package dev.millrace.destination.postgres;

import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.MetadataTable.Column;
import dev.millrace.core.shape.TableName;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Writes tables about copies into the database that the copies are in.
///
/// @param schema that the tables lie in; nobody else's
record PostgresMetadata(TargetSession session, String schema) {

    /// One at a time writes them.
    private static final String LOCK = "SELECT pg_advisory_xact_lock(7300162026072)";

    /// Makes the tables that are missing and writes the rows, all of it or nothing. Columns that a table lacks are added.
    void write(List<MetadataTable> tables) {
        session.inTransaction(() -> {
            session.query(LOCK, row -> true);
            session.run("CREATE SCHEMA IF NOT EXISTS " + TableName.quote(schema));
            tables.forEach(this::write);
            return true;
        });
    }

    /// The greatest text in a column; empty if there is none, or no such table.
    Optional<String> last(String table, String column) {
        boolean there = session.queryFirst(
                        "SELECT true FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                                + " WHERE n.nspname = ? AND c.relname = ? AND a.attname = ?",
                        row -> row.getBoolean(1),
                        schema,
                        table,
                        column)
                .orElse(false);
        if (!there) {
            return Optional.empty();
        }
        String name = TableName.quote(column);
        // Ordered by bytes, as everybody else orders it.
        return session.queryFirst(
                "SELECT " + name + " FROM " + new TableName(schema, table).quoted() + " WHERE " + name + " IS NOT NULL ORDER BY " + name + " COLLATE \"C\" DESC LIMIT 1",
                row -> row.getString(1));
    }

    private void write(MetadataTable table) {
        String name = new TableName(schema, table.name()).quoted();
        String columns = table.columns().stream().map(column -> TableName.quote(column.name()) + " " + type(column)).collect(Collectors.joining(", "));
        session.run("CREATE TABLE IF NOT EXISTS " + name + " (" + columns + ")");
        table.columns().forEach(column -> session.run(
                "ALTER TABLE " + name + " ADD COLUMN IF NOT EXISTS " + TableName.quote(column.name()) + " " + type(column)));
        if (!table.growing()) {
            session.run("DELETE FROM " + name);
        }
        String names = table.columns().stream().map(Column::name).map(TableName::quote).collect(Collectors.joining(", "));
        String places = String.join(", ", Collections.nCopies(table.columns().size(), "?"));
        for (MetadataTable.Row row : table.rows()) {
            if (table.growing()) {
                session.run("DELETE FROM " + name + " WHERE " + TableName.quote(table.columns().getFirst().name()) + " = ?", row.values()[0]);
            }
            session.run("INSERT INTO " + name + " (" + names + ") VALUES (" + places + ")", row.values());
        }
    }

    private static String type(Column column) {
        return switch (column.type()) {
            case TEXT -> "text";
            case NUMBER -> "bigint";
            case FLAG -> "boolean";
            case MOMENT -> "timestamptz";
            case DATE -> "date";
        };
    }
}
