package dev.millrace.server.schema;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Nearest;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.schema.SourceTable.SourceColumn;
import dev.millrace.worker.settings.SchemaChangeHandling;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was chosen to be copied, with changes said in the API's words over it. Names are checked here; what values may be, and whether they go together, is
/// checked by the reader of settings.
///
/// @param choice changes with each call
/// @param reading what the source has; empty if names are not to be checked
record ChoiceDraft(ObjectNode choice, Optional<SourceReading> reading) {

    private static final String SCHEMAS = "schemas";
    private static final String TABLES = "tables";
    private static final String COLUMNS = "columns";
    private static final String ENABLED = "enabled";
    private static final String HASHED = "hashed";

    /// Everything at once.
    void all(Fields body) {
        requireKnown(body, List.of(SCHEMAS, "schema_change_handling", "enable_new_by_default", "is_type_locked"));
        body.choice("schema_change_handling", SchemaChangeHandling.values()).ifPresent(handling -> choice.put("schema_change_handling", handling.name()));
        body.flag("enable_new_by_default").ifPresent(flag -> choice.put("enable_new_by_default", flag));
        if (body.flag("is_type_locked").orElse(false)) {
            throw Refusal.invalid("`is_type_locked` cannot be true: a column always widens where a value does not fit, so that none is changed. Leave it out.");
        }
        body.object(SCHEMAS).ifPresent(schemas -> schemas.node().propertyNames().forEach(name -> schema(name, member(schemas, name))));
    }

    /// One schema.
    void schema(String name, Fields body) {
        requireKnown(body, List.of(ENABLED, TABLES));
        requireNamed(body, name);
        reading.ifPresent(source -> source.requireSchema(name));
        ObjectNode schema = choice.withObjectProperty(SCHEMAS).withObjectProperty(name);
        body.flag(ENABLED).ifPresent(flag -> schema.put(ENABLED, flag));
        body.object(TABLES).ifPresent(tables -> tables.node().propertyNames().forEach(table -> table(name, table, member(tables, table))));
    }

    /// One table.
    void table(String schema, String name, Fields body) {
        requireKnown(body, List.of(ENABLED, "sync_mode", COLUMNS, "row_filter"));
        requireNamed(body, name);
        Optional<SourceTable> there = reading.map(source -> source.require(schema, name));
        Optional<Boolean> enabled = body.flag(ENABLED);
        there.flatMap(SourceTable::obstacle).filter(_ -> enabled.orElse(false)).ifPresent(obstacle -> {
            throw Refusal.invalid("Table '%s.%s' cannot be copied. %s If that has been mended: POST .../schemas/reload.".formatted(schema, name, obstacle.text()));
        });
        ObjectNode table = place(schema, name);
        enabled.ifPresent(flag -> table.put(ENABLED, flag));
        body.choice("sync_mode", SyncMode.values()).ifPresent(mode -> table.put("sync_mode", mode.name()));
        body.object(COLUMNS).ifPresent(columns -> columns.node().propertyNames().forEach(column -> column(schema, name, column, member(columns, column))));
        if (body.node().has("row_filter")) {
            filter(table, body.node().get("row_filter"), there);
        }
    }

    private static void filter(ObjectNode table, JsonNode filter, Optional<SourceTable> there) {
        if (filter.isNull() || filter instanceof ArrayNode none && none.isEmpty()) {
            table.remove("row_filter");
            return;
        }
        there.ifPresent(known -> filter.valueStream()
                .map(condition -> condition.path("column"))
                .filter(JsonNode::isString)
                .forEach(column -> SourceReading.require(known, column.asString())));
        table.set("row_filter", filter);
    }

    /// One column.
    void column(String schema, String table, String name, Fields body) {
        requireKnown(body, List.of(ENABLED, HASHED, "is_primary_key"));
        requireNamed(body, name);
        Optional<SourceColumn> there = reading.map(source -> SourceReading.require(source.require(schema, table), name));
        Optional<Boolean> enabled = body.flag(ENABLED);
        Optional<Boolean> hashed = body.flag(HASHED);
        there.ifPresent(column -> requirePossible(schema, table, column, enabled, body.flag("is_primary_key")));
        ObjectNode column = place(schema, table).withObjectProperty(COLUMNS).withObjectProperty(name);
        enabled.ifPresent(flag -> column.put(ENABLED, flag));
        hashed.ifPresent(flag -> column.put(HASHED, flag));
        if (!enabled.orElse(true) && hashed.isEmpty()) {
            column.remove(HASHED);
        }
    }

    private static void requirePossible(String schema, String table, SourceColumn column, Optional<Boolean> enabled, Optional<Boolean> key) {
        if (column.key() && !enabled.orElse(true)) {
            throw Refusal.invalid("Column '%s' of %s.%s is part of the key that tells rows apart, so it cannot be left out. It can be hashed."
                    .formatted(column.name(), schema, table));
        }
        if (key.isPresent() && key.get() != column.key()) {
            throw Refusal.invalid("`is_primary_key` of '%s' in %s.%s is %s at the source, and keys are those of the source. Leave it out."
                    .formatted(column.name(), schema, table, column.key()));
        }
    }

    /// Says of every table that the source has, and of its schemas, that it is copied or not.
    void every(boolean enabled, SourceReading source) {
        ObjectNode schemas = choice.withObjectProperty(SCHEMAS);
        source.tables().values().stream()
                .filter(table -> !enabled || table.obstacle().isEmpty())
                .forEach(table -> {
                    schemas.withObjectProperty(table.name().schema()).put(ENABLED, enabled);
                    place(table.name().schema(), table.name().table()).put(ENABLED, enabled);
                });
    }

    private ObjectNode place(String schema, String table) {
        return choice.withObjectProperty(SCHEMAS).withObjectProperty(schema).withObjectProperty(TABLES).withObjectProperty(table);
    }

    private static Fields member(Fields all, String name) {
        return all.object(name).orElseThrow(() -> all.wrong(name, "an object"));
    }

    private static void requireNamed(Fields body, String name) {
        if (name.isEmpty()) {
            throw Refusal.invalid("`%s` has an empty name in it.".formatted(body.path()));
        }
    }

    private static void requireKnown(Fields body, List<String> known) {
        for (String name : body.node().propertyNames()) {
            if (!known.contains(name)) {
                throw Refusal.invalid("Unknown field `%s%s`.%s There are `%s`.".formatted(body.path(), name, Nearest.hint(name, known), String.join("`, `", known)));
            }
        }
        if (body.node().isEmpty()) {
            throw Refusal.invalid("Nothing in %s would be kept. There are `%s`.".formatted(body.path().isEmpty() ? "the body" : "`" + body.path() + "`", String.join("`, `", known)));
        }
    }
}
