package dev.millrace.server.plan;

import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.state.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// One connection as a settings file has it, in the words of the API.
///
/// @param file for messages
/// @param group the name of its group
/// @param service what kind of PostgreSQL
/// @param prefix of its schemas
/// @param destination its destination
/// @param connection what a connection is made of, but for secrets: `config`, `sync_frequency`, `destination_schema_names`, `millrace`
/// @param secrets by name; never shown
/// @param choice of schemas, tables and columns
public record PlanFile(
        Path file, String group, String service, String prefix, PlanDestination destination, ObjectNode connection, Map<String, String> secrets, ObjectNode choice) {

    private static final List<String> CHOICE = List.of("enable_new_by_default", "schema_change_handling", "schemas");

    /// From what a settings file says, references resolved in secrets only.
    ///
    /// @param settings the file's contents as a tree
    /// @param secrets what the references in secret fields of the source stand for
    /// @param destinationSecrets what those of the destination stand for
    public static PlanFile of(Path file, String group, ObjectNode settings, Map<String, String> secrets, Map<String, String> destinationSecrets) {
        ObjectNode connection = Json.object();
        ObjectNode config = connection.putObject("config");
        ObjectNode extension = Json.object();
        ObjectNode beyond = Json.object();
        settings.path("source").properties().forEach(field -> {
            if (field.getKey().equals("service")) {
                return;
            }
            ConfigField.find(field.getKey()).ifPresentOrElse(
                    known -> {
                        if (known.kind() != Kind.SECRET) {
                            config.set(field.getKey(), field.getValue());
                        }
                    },
                    () -> {
                        if (field.getKey().equals("proxy_agent_id")) {
                            connection.set("proxy_agent_id", field.getValue());
                        } else {
                            beyond.set(field.getKey(), field.getValue());
                        }
                    });
        });
        if (!beyond.isEmpty()) {
            extension.set("source", beyond);
        }
        for (String name : List.of("limits", "sync_mode", "system_column_prefix")) {
            if (settings.has(name)) {
                extension.set(name, settings.get(name));
            }
        }
        String frequency = settings.path("sync_frequency").asString("5");
        extension.put("continuous", frequency.equals("continuous"));
        connection.put("sync_frequency", frequency.equals("continuous") ? 1 : Integer.parseInt(frequency));
        connection.put("destination_schema_names", settings.path("destination_schema_names").asString("SOURCE_NAMING"));
        connection.set("millrace", extension);
        ObjectNode choice = Json.object();
        CHOICE.stream().filter(settings::has).forEach(name -> choice.set(name, settings.get(name)));
        return new PlanFile(
                file,
                group,
                settings.path("source").path("service").asString(""),
                settings.path("schema_prefix").asString(""),
                PlanDestination.of(settings.path("destination"), destinationSecrets),
                connection,
                Map.copyOf(secrets),
                choice);
    }
}
