package dev.millrace.server.schema;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.naming.GivenNames;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.schema.SourceTable.Obstacle;
import dev.millrace.server.schema.SourceTable.SourceColumn;
import dev.millrace.server.state.Json;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.SchemaChangeHandling;
import dev.millrace.worker.settings.TableSelection;
import dev.millrace.worker.settings.TableSelection.SchemaChoice;
import dev.millrace.worker.settings.TableSelection.TableChoice;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// The schema config of a connection as the API shows it: what the source has, what was chosen of it, and what it is called at the destination.
final class SchemaView {

    private final ConnectionSettings settings;
    private final ObjectNode choice;
    private final Memory memory;
    private final Optional<SourceReading> reading;
    private final GivenNames rules;
    private final Map<TableName, TargetNames> names = new HashMap<>();

    /// @param settings of the connection
    /// @param choice as it is kept
    /// @param memory the destination's
    /// @param reading what the source has; empty if it was never read
    /// @param rules by which names are given
    SchemaView(ConnectionSettings settings, ObjectNode choice, Memory memory, Optional<SourceReading> reading, GivenNames rules) {
        this.settings = settings;
        this.choice = choice;
        this.memory = memory;
        this.reading = reading;
        this.rules = rules;
        memory.tables().forEach((table, known) -> names.put(table, known.names()));
        names.putAll(rules.place(Map.copyOf(names), tables()));
    }

    private Set<TableName> tables() {
        Set<TableName> all = new TreeSet<>(settings.selection().named());
        reading.ifPresent(source -> all.addAll(source.tables().keySet()));
        return all;
    }

    /// All of it.
    ObjectNode all() {
        ObjectNode view = Json.object()
                .put("enable_new_by_default", settings.selection().newByDefault())
                .put("schema_change_handling", settings.selection().handling().name());
        ObjectNode schemas = view.putObject("schemas");
        settings.selection().schemas().keySet().stream().sorted().forEach(schema -> schema(schemas, schema));
        tables().forEach(table -> schema(schemas, table.schema()).withObjectProperty("tables").set(table.table(), table(table)));
        schemas.properties().forEach(schema -> settle(schema.getKey(), (ObjectNode) schema.getValue()));
        return view;
    }

    /// All of it, with the columns of which nothing was said.
    ObjectNode whole() {
        ObjectNode view = all();
        reading.ifPresent(source -> source.tables().values().forEach(table -> view.withObjectProperty("schemas")
                .withObjectProperty(table.name().schema())
                .withObjectProperty("tables")
                .withObjectProperty(table.name().table())
                .set("columns", columns(table))));
        return view;
    }

    private ObjectNode schema(ObjectNode schemas, String name) {
        if (schemas.get(name) instanceof ObjectNode there) {
            return there;
        }
        ObjectNode schema = schemas.putObject(name).put("name_in_destination", settings.schemaPrefix() + "_" + settings.naming().schema(name)).put("enabled", false);
        schema.putObject("tables");
        return schema;
    }

    /// A schema of which nothing was said is copied if any table of it is.
    private void settle(String name, ObjectNode schema) {
        ObjectNode tables = schema.withObjectProperty("tables");
        tables.propertyNames().stream().findFirst().map(table -> names.get(new TableName(name, table))).ifPresent(given -> schema.put("name_in_destination", given.table().schema()));
        SchemaChoice said = settings.selection().schemas().get(name);
        schema.put("enabled", said == null ? tables.valueStream().anyMatch(table -> table.path("enabled").asBoolean()) : said.enabled());
    }

    private ObjectNode table(TableName name) {
        TableSelection selection = settings.selection();
        Optional<SourceTable> there = reading.flatMap(source -> Optional.ofNullable(source.tables().get(name)));
        Optional<Obstacle> obstacle = there.flatMap(SourceTable::obstacle);
        Optional<TableChoice> said = said(name);
        ObjectNode table = Json.object()
                .put("name_in_destination", target(name).table().table())
                .put("enabled", obstacle.isEmpty() && said.map(TableChoice::enabled).orElseGet(() -> selection.newByDefault() && !isBlocked(name)))
                .put("sync_mode", selection.of(name).name())
                .put("supports_columns_config", obstacle.isEmpty())
                .put("supports_history_mode", obstacle.isEmpty());
        ObjectNode settable = table.putObject("enabled_patch_settings");
        if (obstacle.isPresent()) {
            deny(settable, "OTHER", obstacle.get().text());
        } else if (reading.isPresent() && there.isEmpty()) {
            deny(settable, "DELETED", "The source had no such table when it was last read.");
        } else {
            settable.put("allowed", true);
        }
        ObjectNode columns = table.putObject("columns");
        said.ifPresent(one -> one.columns().keySet().stream().sorted().forEach(column -> columns.set(column, column(name, there, column))));
        Optional.ofNullable(choice.path("schemas").path(name.schema()).path("tables").path(name.table()).get("row_filter")).ifPresent(filter -> table.set("row_filter", filter));
        return table;
    }

    private Optional<TableChoice> said(TableName name) {
        return Optional.ofNullable(settings.selection().schemas().get(name.schema())).map(schema -> schema.tables().get(name.table()));
    }

    /// Whether it came to the source since the first run, and what comes later is not copied by itself.
    private boolean isBlocked(TableName table) {
        return settings.selection().handling() != SchemaChangeHandling.ALLOW_ALL && memory.source().isPresent() && !memory.tables().containsKey(table);
    }

    private TargetNames target(TableName table) {
        return Optional.ofNullable(names.get(table)).orElseGet(() -> new TargetNames(table));
    }

    /// Every column of a table.
    ObjectNode columns(SourceTable table) {
        ObjectNode columns = Json.object();
        table.columns().forEach(column -> columns.set(column.name(), column(table.name(), Optional.of(table), column.name()).put("type", column.type())));
        return columns;
    }

    private ObjectNode column(TableName table, Optional<SourceTable> there, String name) {
        Optional<SourceColumn> column = there.flatMap(one -> one.column(name));
        boolean key = column.map(SourceColumn::key).orElse(false);
        TableSelection selection = settings.selection();
        boolean wanted = selection.includes(table, name) && !isNewAndBlocked(table, name);
        ObjectNode view = Json.object()
                .put("name_in_destination", column.map(one -> name(there.orElseThrow(), one.name())).orElseGet(() -> settings.naming().column(name)))
                .put("enabled", key || wanted)
                .put("hashed", selection.hashed(table).contains(name))
                .put("is_primary_key", key);
        ObjectNode settable = view.putObject("enabled_patch_settings");
        if (key) {
            deny(settable, "SYSTEM_COLUMN", "It is part of the key that tells rows apart, so it is always copied.");
        } else if (reading.isPresent() && column.isEmpty()) {
            deny(settable, "DELETED", "The source had no such column when it was last read.");
        } else {
            settable.put("allowed", true);
        }
        return view;
    }

    private boolean isNewAndBlocked(TableName table, String column) {
        TableMemory known = memory.tables().get(table);
        boolean isNew = known != null && known.shape().column(column).isEmpty();
        return isNew && settings.selection().handling() == SchemaChangeHandling.BLOCK_ALL && !settings.selection().named(table).contains(column);
    }

    private String name(SourceTable table, String column) {
        TargetNames given = target(table.name());
        return Optional.ofNullable(given.columns().get(column)).orElseGet(() -> {
            TargetNames fitted = rules.fit(given, Optional.empty(), table.named());
            names.put(table.name(), fitted);
            return fitted.of(column);
        });
    }

    private static void deny(ObjectNode settable, String code, String reason) {
        settable.put("allowed", false).put("reason_code", code).put("reason", reason);
    }
}
