package dev.millrace.server.secret;

import dev.millrace.server.state.State;
import dev.millrace.vault.Vault;
import java.util.LinkedHashMap;
import java.util.Map;

/// Seals every secret of a state anew.
///
/// @param state that they are in; no server may be at work in it
/// @param vault opens with any of its keys and seals with the newest
public record KeyRotation(State state, Vault vault) {

    /// Does it, all or nothing; answers how many things had secrets.
    public int run() {
        return state.change(handle -> {
            Map<String, String> connections = new LinkedHashMap<>();
            handle.createQuery("SELECT id, secrets FROM connection").map((row, _) -> connections.put(row.getString(1), row.getString(2))).list();
            connections.forEach((id, secrets) -> handle.execute("UPDATE connection SET secrets = ? WHERE id = ?", resealed("connection/" + id, secrets), id));
            Map<String, String> destinations = new LinkedHashMap<>();
            handle.createQuery("SELECT id, secrets FROM destination WHERE secrets <> '{}'").map((row, _) -> destinations.put(row.getString(1), row.getString(2))).list();
            destinations.forEach((id, secrets) -> handle.execute("UPDATE destination SET secrets = ? WHERE id = ?", resealed("destination/" + id, secrets), id));
            Map<String, String> webhooks = new LinkedHashMap<>();
            handle.createQuery("SELECT id, secret FROM webhook WHERE secret IS NOT NULL").map((row, _) -> webhooks.put(row.getString(1), row.getString(2))).list();
            webhooks.forEach((id, secret) -> handle.execute("UPDATE webhook SET secret = ? WHERE id = ?", resealed("webhook/" + id, secret), id));
            return connections.size() + destinations.size() + webhooks.size();
        });
    }

    private String resealed(String owner, String text) {
        return Sealed.parse(owner, text).resealed(vault, vault).text();
    }
}
