package dev.millrace.server.secret;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.state.Json;
import dev.millrace.vault.Vault;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The secrets of one thing, such as a connection, sealed for the state: each is bound to the thing's id and to its own name, so that one that is
/// copied elsewhere does not open.
///
/// @param owner the kind and id of the thing: `connection/tavolu_minereka`
/// @param values by name, sealed, in base64
public record Sealed(String owner, Map<String, String> values) {

    /// What is shown in the place of a secret; who sends it back means the one that is there.
    public static final String MASK = "******";

    /// Keeps its own copy of the map.
    public Sealed {
        values = Map.copyOf(values);
    }

    /// None.
    public static Sealed none(String owner) {
        return new Sealed(owner, Map.of());
    }

    /// As [#text] wrote it.
    public static Sealed parse(String owner, String text) {
        Map<String, String> values = new LinkedHashMap<>();
        ObjectNode fields = Json.parseObject(text);
        fields.properties().forEach(field -> values.put(field.getKey(), field.getValue().asString()));
        return new Sealed(owner, values);
    }

    /// For the state.
    public String text() {
        return Json.text(values);
    }

    /// With one more, or another in its place.
    public Sealed with(String name, Secret secret, Vault vault) {
        byte[] sealed = vault.seal(secret.reveal().getBytes(StandardCharsets.UTF_8), place(name));
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, Base64.getEncoder().encodeToString(sealed));
        return new Sealed(owner, more);
    }

    /// Whether there is one of this name.
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /// Opens one that is there.
    ///
    /// @throws dev.millrace.core.fault.Fault `SECRET_UNREADABLE` if it was sealed with another key or for another place
    public Secret open(String name, Vault vault) {
        byte[] sealed = Base64.getDecoder().decode(values.get(name));
        return Secret.of(new String(vault.open(sealed, place(name), "The " + name + " of " + owner), StandardCharsets.UTF_8));
    }

    /// The same secrets, sealed with another key.
    public Sealed resealed(Vault old, Vault fresh) {
        Sealed all = none(owner);
        for (String name : values.keySet()) {
            all = all.with(name, open(name, old), fresh);
        }
        return all;
    }

    private String place(String name) {
        return owner + "/" + name;
    }
}
