package dev.millrace.cli.imported;

import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConfigField.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Our settings, made of another product's, and what a person has to know of it. Secrets are never taken over: their places name variables.
///
/// Source of the other products' names: Airbyte's connector specification for PostgreSQL, Debezium's list of connector properties, the reference product's API definition.
///
/// @param yaml the settings file
/// @param notes what was left out or has to be done
public record ImportedSettings(String yaml, List<String> notes) {

    /// Keeps its own copy of the list.
    public ImportedSettings {
        notes = List.copyOf(notes);
    }

    /// Makes them.
    public static ImportedSettings of(ForeignConfiguration foreign) {
        Draft draft = new Draft(foreign.fields());
        switch (foreign.product()) {
            case AIRBYTE -> draft.airbyte();
            case DEBEZIUM -> draft.debezium();
            case FIVETRAN -> draft.fivetran();
        }
        return draft.settings();
    }

    /// Settings that are being made.
    private static final class Draft {

        private final ObjectNode fields;
        private final Map<String, Object> file = new LinkedHashMap<>();
        private final Map<String, Object> source = new LinkedHashMap<>();
        private final Set<String> taken = new LinkedHashSet<>();
        private final List<String> notes = new ArrayList<>();

        Draft(ObjectNode fields) {
            this.fields = fields;
            source.put("service", "postgres");
            file.put("source", source);
            file.put("destination", new LinkedHashMap<>(Map.of("service", "duckdb", "path", "warehouse.duckdb")));
        }

        private JsonNode take(String name) {
            taken.add(name);
            return fields.path(name);
        }

        private void take(String name, String ours) {
            JsonNode value = take(name);
            if (value.isValueNode() && !value.isNull()) {
                source.put(ours, value.isIntegralNumber() ? value.asLong() : value.asString());
            }
        }

        private void secret(String name, String ours) {
            if (!take(name).isMissingNode()) {
                String variable = "SOURCE_" + ours.toUpperCase(Locale.ROOT);
                source.put(ours, "${env:" + variable + "}");
                notes.add("Put the %s into the variable %s; it was not taken over.".formatted(ours.replace('_', ' '), variable));
            }
        }

        void airbyte() {
            take("host", "host");
            take("port", "port");
            take("database", "database");
            take("username", "user");
            secret("password", "password");
            JsonNode method = take("replication_method");
            switch (method.path("method").asString("Xmin")) {
                case "CDC" -> {
                    source.put("update_method", "WAL_PGOUTPUT");
                    source.put("replication_slot", method.path("replication_slot").asString(""));
                    source.put("publication_name", method.path("publication").asString(""));
                    notes.add("Give this connection a slot of its own: two readers of one slot take each other's changes. `millrace prepare` prints the SQL.");
                }
                case "Standard" -> {
                    source.put("update_method", "TELEPORT");
                    notes.add("A cursor column is not needed: changes and deletes are found by looking at the tables.");
                }
                default -> source.put("update_method", "XMIN");
            }
            JsonNode tls = take("ssl_mode");
            if (!tls.isMissingNode()) {
                source.put("sslmode", tls.path("mode").asString("prefer"));
                if (tls.has("ca_certificate") || tls.has("client_certificate")) {
                    notes.add("Write the certificates of `ssl_mode` into files, and name them: `sslrootcert`, `client_public_certificate`, `client_private_key`.");
                }
            }
            JsonNode tunnel = take("tunnel_method");
            if (tunnel.has("tunnel_host")) {
                source.put("tunnel_host", tunnel.path("tunnel_host").asString());
                source.put("tunnel_port", tunnel.path("tunnel_port").asLong(22));
                source.put("tunnel_user", tunnel.path("tunnel_user").asString(""));
                notes.add("Install our public key at the tunnel host: `millrace keys FILE` prints it.");
            }
            schemas(take("schemas").valueStream().map(JsonNode::asString).toList());
            prefix("airbyte");
        }

        void debezium() {
            take("database.hostname", "host");
            take("database.port", "port");
            take("database.user", "user");
            secret("database.password", "password");
            take("database.dbname", "database");
            source.put("update_method", "WAL_PGOUTPUT");
            source.put("replication_slot", take("slot.name").asString("debezium"));
            source.put("publication_name", take("publication.name").asString("dbz_publication"));
            if (!take("plugin.name").asString("decoderbufs").equals("pgoutput")) {
                notes.add("The slot decodes with another plugin than pgoutput. Make a new one: `millrace prepare` prints the SQL.");
            }
            notes.add("Give this connection a slot of its own: two readers of one slot take each other's changes.");
            take("database.sslmode", "sslmode");
            tables(take("table.include.list").asString(""));
            schemas(List.of(take("schema.include.list").asString("").split(",")).stream().map(String::strip).filter(name -> !name.isEmpty()).toList());
            prefix(take("topic.prefix").asString("debezium"));
        }

        void fivetran() {
            JsonNode config = take("config");
            if (take("service").isString()) {
                source.put("service", fields.path("service").asString());
            }
            config.properties().forEach(field -> ConfigField.find(field.getKey()).filter(known -> known != ConfigField.SCHEMA_PREFIX).ifPresent(known -> {
                if (known.kind() == Kind.SECRET) {
                    String variable = "SOURCE_" + known.name();
                    source.put(known.key(), "${env:" + variable + "}");
                    notes.add("Put the %s into the variable %s; it was not taken over.".formatted(known.key().replace('_', ' '), variable));
                } else if (!field.getValue().isNull()) {
                    source.put(known.key(), field.getValue().isIntegralNumber() ? field.getValue().asLong() : field.getValue().asString());
                }
            }));
            if ("WAL".equals(source.get("update_method"))) {
                source.put("update_method", "WAL_PGOUTPUT");
            }
            if (take("sync_frequency").isNumber()) {
                file.put("sync_frequency", fields.path("sync_frequency").asLong());
            }
            file.put("destination_schema_names", take("destination_schema_names").asString("FIVETRAN_NAMING"));
            file.put("system_column_prefix", "_fivetran_");
            notes.add("Give this connection a slot of its own, and let both run side by side until `millrace verify` says that the copies are right.");
            taken.addAll(fields.propertyNames());
            prefix(config.path("schema_prefix").asString(fields.path("schema").asString("fivetran")));
        }

        private void schemas(List<String> names) {
            if (!names.isEmpty()) {
                Map<String, Object> schemas = new LinkedHashMap<>();
                names.forEach(name -> schemas.put(name, new LinkedHashMap<>(Map.of("enabled", true))));
                file.put("enable_new_by_default", false);
                file.put("schemas", schemas);
                notes.add("Tables of the named schemas are copied only if they are named too, since `enable_new_by_default` is false: name them, or exclude the other schemas instead.");
            }
        }

        private void tables(String list) {
            Map<String, Map<String, Object>> schemas = new LinkedHashMap<>();
            for (String name : list.split(",")) {
                String[] parts = name.strip().replace("\\.", ".").split("\\.");
                if (parts.length == 2 && parts[0].matches("\\w+") && parts[1].matches("\\w+")) {
                    schemas.computeIfAbsent(parts[0], _ -> new LinkedHashMap<>()).put(parts[1], new LinkedHashMap<>(Map.of("enabled", true)));
                } else if (!name.isBlank()) {
                    notes.add("`%s` is a pattern, not the name of a table; name its tables in `schemas`.".formatted(name.strip()));
                }
            }
            if (!schemas.isEmpty()) {
                Map<String, Object> blocks = new LinkedHashMap<>();
                schemas.forEach((schema, tables) -> blocks.put(schema, new LinkedHashMap<>(Map.of("tables", tables))));
                file.put("enable_new_by_default", false);
                file.put("schemas", blocks);
            }
        }

        private void prefix(String wanted) {
            String prefix = wanted.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
            file.put("schema_prefix", prefix.matches("[0-9].*") ? "_" + prefix : prefix);
        }

        ImportedSettings settings() {
            List<String> left = fields.propertyNames().stream().filter(name -> !taken.contains(name)).sorted().toList();
            if (!left.isEmpty()) {
                notes.add("Not taken over, since it has no counterpart or none is needed: %s.".formatted(String.join(", ", left)));
            }
            String yaml = new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build()).dumpToString(file);
            return new ImportedSettings(yaml, notes);
        }
    }
}
