package dev.millrace.worker.settings;

import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import java.util.Map;

/// Which tables and columns of the publication are copied.
///
/// @param newByDefault whether schemas and tables that are not named are copied
/// @param schemas by name
public record TableSelection(boolean newByDefault, Map<String, SchemaChoice> schemas) implements Selection {

    /// Keeps its own copy of the map.
    public TableSelection {
        schemas = Map.copyOf(schemas);
    }

    /// Everything that is published.
    public static TableSelection everything() {
        return new TableSelection(true, Map.of());
    }

    /// What is said of a schema.
    ///
    /// @param enabled whether anything of it is copied
    /// @param tables by name
    public record SchemaChoice(boolean enabled, Map<String, TableChoice> tables) {

        /// Keeps its own copy of the map.
        public SchemaChoice {
            tables = Map.copyOf(tables);
        }
    }

    /// What is said of a table.
    ///
    /// @param enabled whether it is copied
    /// @param columns by name: whether it is copied; a column that is not named is
    public record TableChoice(boolean enabled, Map<String, Boolean> columns) {

        /// Keeps its own copy of the map.
        public TableChoice {
            columns = Map.copyOf(columns);
        }
    }

    @Override
    public boolean includes(TableName table) {
        SchemaChoice schema = schemas.get(table.schema());
        if (schema == null) {
            return newByDefault;
        }
        TableChoice choice = schema.tables().get(table.table());
        return schema.enabled() && (choice == null ? newByDefault : choice.enabled());
    }

    @Override
    public boolean includes(TableName table, String column) {
        SchemaChoice schema = schemas.get(table.schema());
        TableChoice choice = schema == null ? null : schema.tables().get(table.table());
        return choice == null || choice.columns().getOrDefault(column, true);
    }
}
