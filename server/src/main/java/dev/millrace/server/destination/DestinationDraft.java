package dev.millrace.server.destination;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.secret.Sealed;
import dev.millrace.vault.Vault;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The `config` of a destination as somebody sends it.
///
/// @param config what is sent
/// @param kind of the destination
/// @param vault seals its secrets
public record DestinationDraft(Fields config, DestinationKind kind, Vault vault) {

    /// What clients send of destinations in the reference product that has one meaning here, whatever kind they are.
    private static final Map<String, String> ONLY = Map.of("connection_type", "directly");

    /// Refuses what the kind has no field for.
    public void check() {
        for (Map.Entry<String, JsonNode> field : config.node().properties()) {
            String only = ONLY.get(field.getKey());
            if (only != null && field.getValue().asString("").toLowerCase(Locale.ROOT).equals(only)) {
                continue;
            }
            if (only != null) {
                throw config.wrong(field.getKey(), "`Directly`: a destination is dialled from here");
            }
            if (DestinationField.find(kind, field.getKey()).isEmpty()) {
                throw Refusal.invalid("Unknown field `config.%s`. A destination in %s has %s."
                        .formatted(
                                field.getKey(),
                                kind.label(),
                                DestinationField.of(kind).stream().map(known -> "`" + known.key() + "`").collect(Collectors.joining(", "))));
            }
        }
    }

    /// The config that a destination has with this: what is said, over what was there. Null, or nothing, takes a field away.
    public ObjectNode over(ObjectNode before) {
        ObjectNode merged = before.deepCopy();
        for (DestinationField field : DestinationField.of(kind)) {
            JsonNode value = config.node().get(field.key());
            if (value == null || field.kind() == Kind.SECRET) {
                continue;
            }
            if (value.isNull() || value.isString() && value.asString().isBlank()) {
                merged.remove(field.key());
            } else if (field.kind() == Kind.NUMBER) {
                merged.put(field.key(), config.number(field.key()).orElseThrow());
            } else {
                merged.put(field.key(), chosen(field, config.text(field.key()).orElseThrow().strip()));
            }
        }
        return merged;
    }

    private String chosen(DestinationField field, String text) {
        if (!field.choices().isEmpty() && !field.choices().contains(text)) {
            throw config.wrong(field.key(), "one of " + field.choices().stream().map(choice -> "`" + choice + "`").collect(Collectors.joining(", ")));
        }
        return text;
    }

    /// The secrets that a destination has with this.
    public Sealed secrets(Sealed before) {
        Sealed merged = before;
        for (DestinationField field : DestinationField.of(kind)) {
            String given = field.kind() == Kind.SECRET ? config.text(field.key()).orElse(Sealed.MASK) : Sealed.MASK;
            if (!given.equals(Sealed.MASK)) {
                merged = merged.with(field.key(), Secret.of(given), vault);
            }
        }
        return merged;
    }
}
