package dev.millrace.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of an object that somebody sent, read with the patience that existing clients need: a number may come as text, a null counts as nothing.
///
/// @param node the object
/// @param path before its fields' names in messages: `config.`
public record Fields(ObjectNode node, String path) {

    /// Of a body.
    public Fields(ObjectNode node) {
        this(node, "");
    }

    private Optional<JsonNode> get(String name) {
        return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
    }

    /// Whether it is there, and not null.
    public boolean has(String name) {
        return get(name).isPresent();
    }

    /// A text.
    public Optional<String> text(String name) {
        return get(name).map(value -> {
            if (!value.isValueNode()) {
                throw wrong(name, "a text");
            }
            return value.asString();
        });
    }

    /// A text that has to be there and hold something.
    public String required(String name) {
        return text(name).filter(value -> !value.isBlank()).orElseThrow(() -> Refusal.invalid("`%s%s` is missing.".formatted(path, name)));
    }

    /// A whole number.
    public Optional<Integer> number(String name) {
        return get(name).map(value -> {
            try {
                return Integer.parseInt(value.isValueNode() ? value.asString().strip() : "");
            } catch (NumberFormatException _) {
                throw wrong(name, "a whole number");
            }
        });
    }

    /// `true` or `false`.
    public Optional<Boolean> flag(String name) {
        return get(name).map(value -> switch (value.isValueNode() ? value.asString().toLowerCase(Locale.ROOT) : "") {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, "`true` or `false`");
        });
    }

    /// An object.
    public Optional<Fields> object(String name) {
        return get(name).map(value -> {
            if (!(value instanceof ObjectNode object)) {
                throw wrong(name, "an object");
            }
            return new Fields(object, path + name + ".");
        });
    }

    /// One of some names, in any case.
    public <E extends Enum<E>> Optional<E> choice(String name, E[] values) {
        return text(name).map(text -> Arrays.stream(values)
                .filter(value -> value.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> wrong(name, "one of " + Arrays.stream(values).map(value -> "`" + value + "`").collect(Collectors.joining(", ")))));
    }

    /// What to say of a field that holds something else.
    public Refusal wrong(String name, String expected) {
        return Refusal.invalid("`%s%s` must be %s.".formatted(path, name, expected));
    }
}
