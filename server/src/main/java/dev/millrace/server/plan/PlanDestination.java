package dev.millrace.server.plan;

import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.destination.DestinationField;
import dev.millrace.server.destination.DestinationKind;
import dev.millrace.server.state.Json;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A destination as a settings file has it, in the words of the API.
///
/// @param service its kind
/// @param config what its kind asks for, but for secrets; empty where the server decides
/// @param secrets by name; never shown
public record PlanDestination(String service, ObjectNode config, Map<String, String> secrets) {

    /// From a file's section `destination`. Of a file, or a folder, that lies on the machine of whoever applies, only the name counts: it lies in the server's own folder.
    ///
    /// @param secrets what the references in secret fields stand for
    public static PlanDestination of(JsonNode section, Map<String, String> secrets) {
        DestinationKind kind = DestinationKind.of(section.path("service").asString(DestinationKind.DUCKDB.setting()));
        ObjectNode config = Json.object();
        for (DestinationField field : DestinationField.of(kind)) {
            JsonNode value = section.path(field.key());
            boolean isPath = field == DestinationField.PATH || field == DestinationField.WAREHOUSE;
            if (isPath && value.isString() && !value.asString().contains("://")) {
                config.put(field.key(), Path.of(value.asString()).getFileName().toString());
            } else if (value.isValueNode() && field.kind() != Kind.SECRET) {
                config.set(field.key(), value);
            }
        }
        return new PlanDestination(kind.setting(), config, Map.copyOf(secrets));
    }
}
