package dev.millrace.server.web.setup;

import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.destination.DestinationField;
import dev.millrace.server.destination.DestinationKind;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Visit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// What stands in the form of a destination, and what is wrong with it.
///
/// @param kind what it keeps copies in
/// @param name what people call it
/// @param values by the names of [DestinationField]
/// @param kept the secrets that are kept, which nobody is shown
/// @param problem what was refused; empty if nothing was
public record DestinationForm(DestinationKind kind, String name, Map<String, String> values, List<String> kept, String problem) {

    /// An empty one.
    static DestinationForm fresh(DestinationKind kind) {
        return new DestinationForm(kind, "", Map.of(), List.of(), "");
    }

    /// What is kept of a destination.
    static DestinationForm of(DestinationRecord destination, String name) {
        Map<String, String> values = new LinkedHashMap<>();
        destination.config().properties().forEach(field -> values.put(field.getKey(), field.getValue().asString("")));
        return new DestinationForm(destination.kind(), name, values, List.copyOf(destination.secrets().values().keySet()), "");
    }

    /// What was typed.
    static DestinationForm typed(Visit visit, DestinationKind kind, List<String> kept) {
        Map<String, String> values = new LinkedHashMap<>();
        DestinationField.of(kind).forEach(field -> values.put(field.key(), visit.form(field.key()).strip()));
        return new DestinationForm(kind, visit.form("name").strip(), values, kept, "");
    }

    /// The same with another value.
    DestinationForm with(DestinationField field, String value) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(field.key(), value);
        return new DestinationForm(kind, name, more, kept, problem);
    }

    /// The same, refused.
    DestinationForm refused(String message) {
        return new DestinationForm(kind, name, values, kept, message.replace("`config.", "`").replace("`", ""));
    }

    /// The kinds that there are.
    public List<DestinationKind> kinds() {
        return Arrays.asList(DestinationKind.values());
    }

    /// The fields of its kind, in order.
    public List<DestinationField> fields() {
        return DestinationField.of(kind);
    }

    /// What stands in a field.
    public String value(DestinationField field) {
        return values.getOrDefault(field.key(), "");
    }

    /// Whether a secret is kept.
    public boolean isKept(DestinationField field) {
        return kept.contains(field.key());
    }

    /// As the API has it. A secret that was not typed stays as it is.
    ObjectNode config() {
        ObjectNode config = Json.object();
        for (DestinationField field : fields()) {
            String value = value(field);
            if (!value.isEmpty()) {
                config.put(field.key(), value);
            } else if (field.kind() != Kind.SECRET) {
                config.putNull(field.key());
            }
        }
        return config;
    }
}
