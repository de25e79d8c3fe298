package dev.millrace.worker.settings;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.run.ModeChoice;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which tables and columns of the publication are copied, and in which mode.
///
/// @param newByDefault whether schemas and tables that are not named are copied
/// @param mode of tables of which nothing else is said
/// @param schemas by name
/// @param handling what becomes of tables and columns that come to the source later
public record TableSelection(
        boolean newByDefault, SyncMode mode, Map<String, SchemaChoice> schemas, SchemaChangeHandling handling)
        implements Selection, ModeChoice {

    /// Keeps its own copy of the map.
    public TableSelection {
        schemas = Map.copyOf(schemas);
    }

    /// A selection that takes in what comes later.
    public TableSelection(boolean newByDefault, SyncMode mode, Map<String, SchemaChoice> schemas) {
        this(newByDefault, mode, schemas, SchemaChangeHandling.ALLOW_ALL);
    }

    /// This selection without what came to the source since the first run and is not allowed to: tables that the destination does not
    /// know, columns that its tables do not have. What `schemas` names is allowed.
    public Selection after(Memory memory) {
        TableSelection chosen = this;
        if (handling == SchemaChangeHandling.ALLOW_ALL || memory.source().isEmpty()) {
            return chosen;
        }
        return new Selection() {
            @Override
            public boolean includes(TableName table) {
                return chosen.includes(table) && (memory.tables().containsKey(table) || chosen.choice(table) != null);
            }

            @Override
            public boolean includes(TableName table, String column) {
                TableMemory known = memory.tables().get(table);
                TableChoice choice = chosen.choice(table);
                boolean isNew = known != null && known.shape().column(column).isEmpty();
                boolean isNamed = choice != null && choice.columns().containsKey(column);
                boolean isBlocked = handling == SchemaChangeHandling.BLOCK_ALL && isNew && !isNamed;
                return chosen.includes(table, column) && !isBlocked;
            }

            @Override
            public Set<String> hashed(TableName table) {
                return chosen.hashed(table);
            }

            @Override
            public Set<TableName> named() {
                return chosen.named();
            }

            @Override
            public Set<String> named(TableName table) {
                return chosen.named(table);
            }

            @Override
            public RowFilter filter(TableName table) {
                return chosen.filter(table);
            }
        };
    }

    private @Nullable TableChoice choice(TableName table) {
        SchemaChoice schema = schemas.get(table.schema());
        return schema == null ? null : schema.tables().get(table.table());
    }

    /// Everything that is published.
    public static TableSelection everything() {
        return new TableSelection(true, SyncMode.SOFT_DELETE, Map.of());
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
    /// @param mode what becomes of its rows; empty where nothing is said
    /// @param columns by name; a column that is not named is copied as it is
    /// @param filter which of its rows are copied
    /// @param layout how its rows lie in a lake
    public record TableChoice(boolean enabled, Optional<SyncMode> mode, Map<String, ColumnChoice> columns, RowFilter filter, Layout layout) {

        /// Keeps its own copy of the map.
        public TableChoice {
            columns = Map.copyOf(columns);
        }

        /// A table whose rows lie as they come.
        public TableChoice(boolean enabled, Optional<SyncMode> mode, Map<String, ColumnChoice> columns, RowFilter filter) {
            this(enabled, mode, columns, filter, Layout.NONE);
        }
    }

    /// How the rows of a table lie in a lake.
    ///
    /// @param partitionBy as Iceberg writes it: `day(created_at)`, `bucket(16, id)`, `region`
    /// @param sortBy columns, each with ` desc` behind it if from the greatest on
    public record Layout(List<String> partitionBy, List<String> sortBy) {

        /// As they come.
        public static final Layout NONE = new Layout(List.of(), List.of());

        /// Keeps its own copies.
        public Layout {
            partitionBy = List.copyOf(partitionBy);
            sortBy = List.copyOf(sortBy);
        }
    }

    /// How the rows of tables lie of which something is said.
    public Map<TableName, Layout> layouts() {
        Map<TableName, Layout> layouts = new TreeMap<>();
        schemas.forEach((schema, choice) -> choice.tables().forEach((table, of) -> {
            if (!of.layout().equals(Layout.NONE)) {
                layouts.put(new TableName(schema, table), of.layout());
            }
        }));
        return layouts;
    }

    /// What is said of a column.
    ///
    /// @param enabled whether it is copied
    /// @param hashed whether only hashes of its values are
    public record ColumnChoice(boolean enabled, boolean hashed) {}

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
    public boolean includesUnnamed(String schema) {
        SchemaChoice choice = schemas.get(schema);
        return newByDefault && (choice == null || choice.enabled());
    }

    @Override
    public SyncMode of(TableName table) {
        SchemaChoice schema = schemas.get(table.schema());
        TableChoice choice = schema == null ? null : schema.tables().get(table.table());
        return choice == null ? mode : choice.mode().orElse(mode);
    }

    @Override
    public boolean includes(TableName table, String column) {
        TableChoice choice = choice(table);
        ColumnChoice named = choice == null ? null : choice.columns().get(column);
        return named == null || named.enabled();
    }

    @Override
    public RowFilter filter(TableName table) {
        TableChoice choice = choice(table);
        return choice == null ? RowFilter.NONE : choice.filter();
    }

    @Override
    public Set<TableName> named() {
        return schemas.entrySet().stream()
                .flatMap(schema -> schema.getValue().tables().keySet().stream().map(table -> new TableName(schema.getKey(), table)))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<String> named(TableName table) {
        TableChoice choice = choice(table);
        return choice == null ? Set.of() : choice.columns().keySet();
    }

    @Override
    public Set<String> hashed(TableName table) {
        TableChoice choice = choice(table);
        return choice == null
                ? Set.of()
                : choice.columns().entrySet().stream()
                        .filter(column -> column.getValue().hashed())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toUnmodifiableSet());
    }
}
