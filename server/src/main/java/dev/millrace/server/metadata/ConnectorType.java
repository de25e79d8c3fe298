package dev.millrace.server.metadata;

import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.state.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A kind of PostgreSQL that a connection may have, as the API describes it.
///
/// @param id by which a connection names it: its `service`
/// @param name for people
/// @param description in a sentence
public record ConnectorType(String id, String name, String description) {

    private static final List<ConnectorType> ALL = List.of(
            new ConnectorType("aurora_postgres", "Aurora PostgreSQL", "PostgreSQL on Amazon Aurora: a cluster's writer, or a reader that is looked at."),
            new ConnectorType("azure_postgres", "Azure Database for PostgreSQL", "PostgreSQL at Microsoft Azure."),
            new ConnectorType("google_cloud_postgresql", "Google Cloud PostgreSQL", "PostgreSQL on Google Cloud SQL."),
            new ConnectorType("heroku_postgres", "Heroku PostgreSQL", "PostgreSQL at Heroku, which offers no log: it is looked at."),
            new ConnectorType("postgres", "PostgreSQL", "A PostgreSQL server of your own, version 11 or later."),
            new ConnectorType("postgres_rds", "PostgreSQL RDS", "PostgreSQL on Amazon RDS."));

    private static final List<String> REQUIRED = List.of("schema_prefix", "host", "port", "user", "database", "update_method");

    private static final List<String> FEATURES = List.of(
            "CAPTURE_DELETES", "HISTORY", "DATA_BLOCKING", "COLUMN_HASHING", "ROW_FILTERING", "RE_SYNC", "PRIVATE_NETWORKING", "API_CONFIGURABLE");

    /// All, by id.
    public static List<ConnectorType> all() {
        return ALL;
    }

    /// By id.
    public static Optional<ConnectorType> find(String id) {
        return ALL.stream().filter(type -> type.id().equals(id)).findFirst();
    }

    /// Without what a form asks for.
    public ObjectNode brief() {
        ObjectNode view = Json.object()
                .put("id", id)
                .put("name", name)
                .put("type", "Database")
                .put("description", description)
                .put("connector_class", "standard")
                .put("service_status", "general_availability");
        ArrayNode features = view.putArray("supported_features");
        FEATURES.forEach(feature -> features.addObject().put("id", feature));
        view.putArray("icons");
        return view;
    }

    /// With what a form asks for: `config`, which is a JSON schema with the fields in the order in which they are shown.
    public ObjectNode whole() {
        ObjectNode view = brief();
        ObjectNode config = view.putObject("config").put("$schema", "https://json-schema.org/draft/2020-12/schema").put("type", "object");
        ObjectNode properties = config.putObject("properties");
        Arrays.stream(ConfigField.values()).forEach(field -> properties.set(field.key(), property(field)));
        config.set("required", Json.tree(REQUIRED));
        config.put("additionalProperties", false);
        ObjectNode auth = view.putObject("auth").put("type", "object");
        auth.putObject("properties");
        return view;
    }

    private static ObjectNode property(ConfigField field) {
        ObjectNode property = Json.object()
                .put("type", switch (field.kind()) {
                    case NUMBER -> "integer";
                    case FLAG -> "boolean";
                    case TEXT, LONG_TEXT, CHOICE, SECRET -> "string";
                })
                .put("title", field.label())
                .put("description", field.description());
        if (field.kind() == Kind.SECRET) {
            property.put("format", "password").put("writeOnly", true);
        }
        if (field.kind() == Kind.LONG_TEXT) {
            property.put("format", "multiline");
        }
        if (field.kind() == Kind.NUMBER) {
            property.put("minimum", 1).put("maximum", 65_535);
        }
        if (!field.choices().isEmpty()) {
            property.set("enum", Json.tree(field.choices()));
        }
        if (field == ConfigField.SCHEMA_PREFIX) {
            property.put("immutable", true);
        }
        return property;
    }
}
