package dev.millrace.cli.imported;

import dev.millrace.server.state.Json;
import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The configuration of another product's connection, told by the names that it uses.
///
/// @param product whose
/// @param fields by name; in Debezium's, names with dots
public record ForeignConfiguration(Product product, ObjectNode fields) {

    /// The products whose configurations are known.
    public enum Product {
        AIRBYTE("an Airbyte source-postgres"),
        DEBEZIUM("a Debezium PostgreSQL connector"),
        FIVETRAN("a Fivetran connection");

        private final String title;

        Product(String title) {
            this.title = title;
        }

        /// What it is called in a sentence.
        public String title() {
            return title;
        }
    }

    private static final List<String> WRAPPERS = List.of("configuration", "connectionConfiguration", "connection_configuration", "data", "config");

    /// Reads JSON, YAML or Java properties; empty if it is no configuration that is known.
    public static Optional<ForeignConfiguration> read(String text) {
        return tree(text).or(() -> properties(text)).flatMap(ForeignConfiguration::tell);
    }

    private static Optional<ObjectNode> tree(String text) {
        try {
            return Json.tree(new Load(LoadSettings.builder().build()).loadFromString(text)) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (YamlEngineException _) {
            return Optional.empty();
        }
    }

    private static Optional<ObjectNode> properties(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException _) {
            return Optional.empty();
        }
        Map<String, String> fields = new LinkedHashMap<>();
        properties.stringPropertyNames().stream().sorted().forEach(name -> fields.put(name, properties.getProperty(name)));
        return Optional.of((ObjectNode) Json.tree(fields));
    }

    private static Optional<ForeignConfiguration> tell(ObjectNode fields) {
        if (fields.has("database.hostname") || fields.has("database.dbname")) {
            return Optional.of(new ForeignConfiguration(Product.DEBEZIUM, fields));
        }
        boolean fivetran = fields.path("config") instanceof ObjectNode config && (config.has("schema_prefix") || config.has("update_method"));
        if (fivetran) {
            return Optional.of(new ForeignConfiguration(Product.FIVETRAN, fields));
        }
        if (fields.has("username") && fields.has("host")) {
            return Optional.of(new ForeignConfiguration(Product.AIRBYTE, fields));
        }
        for (String wrapper : WRAPPERS) {
            JsonNode inner = fields.path(wrapper);
            Optional<ForeignConfiguration> found = inner instanceof ObjectNode block ? tell(block) : Optional.empty();
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
