package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.MetadataTable.Column;
import dev.millrace.core.shape.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes tables about copies into the file that the copies are in.
///
/// @param file that may be open in this process, for other connections, and by no other process
/// @param schema that the tables lie in; nobody else's
public record DuckMetadata(Path file, String schema) {

    /// Makes the tables that are missing and writes the rows, all of it or nothing. Columns that a table lacks are added.
    ///
    /// @throws dev.millrace.core.fault.Fault if the file cannot be written
    public void write(List<MetadataTable> tables) {
        try (DuckDatabase database = DuckDatabase.open(file, DuckSettings.defaults()); DuckSession session = database.session()) {
            session.inTransaction(() -> {
                session.run("CREATE SCHEMA IF NOT EXISTS " + TableName.quote(schema));
                tables.forEach(table -> write(session, table));
                return true;
            });
        }
    }

    /// The greatest text in a column of a table; empty if there is none, or no table or file.
    ///
    /// @throws dev.millrace.core.fault.Fault if the file cannot be read
    public Optional<String> last(String table, String column) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (DuckDatabase database = DuckDatabase.open(file, DuckSettings.defaults()); DuckSession session = database.session()) {
            boolean there = session.queryFirst(
                            "SELECT 1 FROM information_schema.tables WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ?",
                            row -> row.getInt(1),
                            schema,
                            table)
                    .isPresent();
            return there
                    ? session.queryFirst(
                            "SELECT max(%s) AS last FROM %s HAVING last IS NOT NULL".formatted(TableName.quote(column), new TableName(schema, table).quoted()), row -> row.getString(1))
                    : Optional.empty();
        }
    }

    private void write(DuckSession session, MetadataTable table) {
        String name = new TableName(schema, table.name()).quoted();
        session.run("CREATE TABLE IF NOT EXISTS %s (%s)"
                .formatted(name, table.columns().stream().map(column -> TableName.quote(column.name()) + " " + type(column)).collect(Collectors.joining(", "))));
        table.columns().forEach(column -> session.run("ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s".formatted(name, TableName.quote(column.name()), type(column))));
        if (!table.growing()) {
            session.run("DELETE FROM " + name);
        }
        String columns = table.columns().stream().map(Column::name).map(TableName::quote).collect(Collectors.joining(", "));
        String places = String.join(", ", Collections.nCopies(table.columns().size(), "?"));
        for (MetadataTable.Row row : table.rows()) {
            if (table.growing()) {
                session.run("DELETE FROM %s WHERE %s = ?".formatted(name, TableName.quote(table.columns().getFirst().name())), row.values()[0]);
            }
            session.run("INSERT INTO %s (%s) VALUES (%s)".formatted(name, columns, places), values(row));
        }
    }

    private static @Nullable Object[] values(MetadataTable.Row row) {
        @Nullable Object[] values = row.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] instanceof Instant at ? at.atOffset(ZoneOffset.UTC) : values[i];
        }
        return values;
    }

    private static String type(Column column) {
        return switch (column.type()) {
            case TEXT -> "VARCHAR";
            case NUMBER -> "BIGINT";
            case FLAG -> "BOOLEAN";
            case MOMENT -> "TIMESTAMP WITH TIME ZONE";
            case DATE -> "DATE";
        };
    }
}
