package dev.millrace.server.connection;

import dev.millrace.server.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What Millrace has beyond the reference product's API, in one place of a connection: its `millrace` object.
///
/// Its names are those of a settings file: `source` (TLS and such), `limits`, `sync_mode`, `system_column_prefix`; and `continuous`. See docs/reference/api.md.
public final class Extension {

    /// What `source` may hold. What names a file of the server's machine is not among them.
    private static final Set<String> SOURCE = Set.of("sslmode", "trusted_certificates", "trusted_host_keys", "tls_server_name", "channel_binding", "aws_region", "private_hosts");

    private static final Set<String> TOP = Set.of("source", "limits", "sync_mode", "system_column_prefix", "continuous");

    private Extension() {}

    /// Refuses what is not known here; what values may be is known to the reader of settings.
    public static ObjectNode check(ObjectNode extension) {
        List<String> unknown = new ArrayList<>(extension.propertyNames().stream().filter(name -> !TOP.contains(name)).map(name -> "millrace." + name).toList());
        if (extension.path("source") instanceof ObjectNode source) {
            source.propertyNames().stream().filter(name -> !SOURCE.contains(name)).map(name -> "millrace.source." + name).forEach(unknown::add);
        }
        if (!unknown.isEmpty()) {
            throw Refusal.invalid("Unknown: `%s`. There are `millrace.%s` and `millrace.source.%s`."
                    .formatted(String.join("`, `", unknown), String.join("`, `millrace.", TOP.stream().sorted().toList()), String.join("`, `millrace.source.", SOURCE.stream().sorted().toList())));
        }
        return extension;
    }

    /// Puts it where a settings file has it.
    static void into(ObjectNode document, ObjectNode extension) {
        if (extension.path("source") instanceof ObjectNode source && document.path("source") instanceof ObjectNode all) {
            source.properties().forEach(field -> all.set(field.getKey(), field.getValue()));
        }
        extension.properties().forEach(field -> {
            if (!field.getKey().equals("source") && !field.getKey().equals("continuous")) {
                document.set(field.getKey(), field.getValue());
            }
        });
    }
}
