package dev.millrace.cli.plan;

import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.destination.DestinationField;
import dev.millrace.server.destination.DestinationKind;
import dev.millrace.server.state.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a connection of a server as a settings file.
public final class PlanSettings {

    private static final List<String> CHOSEN_OF_TABLE = List.of("enabled", "sync_mode", "row_filter");
    private static final List<String> CHOSEN_OF_COLUMN = List.of("enabled", "hashed");

    private PlanSettings() {}

    /// No choice of tables.
    public static ObjectNode nothing() {
        return Json.object();
    }

    /// The file's text.
    ///
    /// @param destination as the API has it
    /// @param connection as the API has it
    /// @param choice its schema config, as the API has it
    public static String of(ObjectNode destination, ObjectNode connection, ObjectNode choice) {
        String prefix = connection.path("schema").asString();
        Map<String, Object> file = new LinkedHashMap<>();
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("service", connection.path("service").asString());
        connection.path("config").properties().forEach(field -> ConfigField.find(field.getKey()).filter(known -> known != ConfigField.SCHEMA_PREFIX).ifPresent(known -> {
            boolean hidden = known.kind() == Kind.SECRET;
            source.put(field.getKey(), hidden ? "${env:%s_%s}".formatted(prefix.toUpperCase(Locale.ROOT), known.name()) : plain(field.getValue()));
        }));
        if (connection.path("proxy_agent_id").isString()) {
            source.put("proxy_agent_id", connection.path("proxy_agent_id").asString());
        }
        connection.path("millrace").path("source").properties().forEach(field -> source.put(field.getKey(), plain(field.getValue())));
        file.put("source", source);
        file.put("destination", destination(destination));
        file.put("schema_prefix", prefix);
        file.put("destination_schema_names", connection.path("destination_schema_names").asString());
        boolean continuous = connection.path("millrace").path("continuous").asBoolean(false);
        file.put("sync_frequency", continuous ? "continuous" : plain(connection.path("sync_frequency")));
        connection.path("millrace").properties().forEach(field -> {
            if (!List.of("source", "continuous").contains(field.getKey())) {
                file.put(field.getKey(), plain(field.getValue()));
            }
        });
        choice(choice, file);
        return new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setDefaultScalarStyle(ScalarStyle.PLAIN).build()).dumpToString(file);
    }

    private static Map<String, Object> destination(ObjectNode destination) {
        Map<String, Object> section = new LinkedHashMap<>();
        DestinationKind kind = DestinationKind.of(destination.path("service").asString(DestinationKind.DUCKDB.setting()));
        section.put("service", kind.setting());
        JsonNode config = destination.path("config");
        if (kind == DestinationKind.DUCKDB) {
            section.put("path", config.path("path").asString(destination.path("id").asString() + ".duckdb"));
            return section;
        }
        for (DestinationField field : DestinationField.of(kind)) {
            if (config.has(field.key())) {
                boolean hidden = field.kind() == Kind.SECRET;
                section.put(field.key(), hidden ? "${env:DESTINATION_%s}".formatted(field.name()) : plain(config.get(field.key())));
            }
        }
        return section;
    }

    private static void choice(ObjectNode choice, Map<String, Object> file) {
        for (String name : List.of("enable_new_by_default", "schema_change_handling")) {
            if (choice.has(name)) {
                file.put(name, plain(choice.get(name)));
            }
        }
        Map<String, Object> schemas = new LinkedHashMap<>();
        choice.path("schemas").properties().forEach(schema -> schemas.put(schema.getKey(), schema(schema.getValue())));
        if (!schemas.isEmpty()) {
            file.put("schemas", schemas);
        }
    }

    private static Map<String, Object> schema(JsonNode schema) {
        Map<String, Object> chosen = new LinkedHashMap<>();
        chosen.put("enabled", schema.path("enabled").asBoolean(true));
        Map<String, Object> tables = new LinkedHashMap<>();
        schema.path("tables").properties().forEach(table -> {
            Map<String, Object> one = picked(table.getValue(), CHOSEN_OF_TABLE);
            Map<String, Object> columns = new LinkedHashMap<>();
            table.getValue().path("columns").properties().forEach(column -> columns.put(column.getKey(), picked(column.getValue(), CHOSEN_OF_COLUMN)));
            if (!columns.isEmpty()) {
                one.put("columns", columns);
            }
            tables.put(table.getKey(), one);
        });
        if (!tables.isEmpty()) {
            chosen.put("tables", tables);
        }
        return chosen;
    }

    private static Map<String, Object> picked(JsonNode node, List<String> names) {
        Map<String, Object> picked = new LinkedHashMap<>();
        names.stream().filter(node::has).filter(name -> !node.get(name).isNull()).forEach(name -> picked.put(name, plain(node.get(name))));
        return picked;
    }

    private static Object plain(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                Map<String, Object> map = new LinkedHashMap<>();
                object.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
                yield map;
            }
            case ArrayNode list -> list.valueStream().map(PlanSettings::plain).toList();
            default -> node.isBoolean() ? node.asBoolean() : node.isIntegralNumber() ? node.asLong() : node.asString();
        };
    }
}
