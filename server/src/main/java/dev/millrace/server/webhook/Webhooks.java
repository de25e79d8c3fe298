package dev.millrace.server.webhook;

import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The webhooks, and what is yet to be sent to them.
///
/// @param state where they are kept
/// @param clock for stamps
public record Webhooks(State state, InstantSource clock) {

    /// What is yet to be sent.
    ///
    /// @param id sorts by time
    /// @param body what is sent
    /// @param attempts how often it was
    /// @param first when it happened
    /// @param next when it is sent, or sent again
    record Delivery(String id, String webhookId, String body, int attempts, Instant first, Instant next) {}

    /// Adds one.
    public void add(Webhook webhook) {
        state.run(handle -> handle.execute(
                "INSERT INTO webhook VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                webhook.id(),
                webhook.groupId().isPresent() ? "group" : "account",
                webhook.groupId().orElse(null),
                webhook.url(),
                Json.text(webhook.events()),
                webhook.active() ? 1 : 0,
                secret(webhook),
                webhook.created().toEpochMilli(),
                webhook.createdBy().orElse(null)));
    }

    private static @Nullable String secret(Webhook webhook) {
        return webhook.isSigned() ? webhook.secrets().text() : null;
    }

    /// All, in the order in which they were made.
    public List<Webhook> all() {
        return state.read(handle -> handle.createQuery("SELECT * FROM webhook ORDER BY created_at, id").map((row, _) -> webhook(row)).list());
    }

    /// By id.
    public Optional<Webhook> find(String id) {
        return state.read(handle -> handle.createQuery("SELECT * FROM webhook WHERE id = ?").bind(0, id).map((row, _) -> webhook(row)).findOne());
    }

    /// Writes it anew. What was to be sent to one that is not active any more is forgotten.
    public void update(Webhook webhook) {
        state.run(handle -> {
            handle.execute(
                    "UPDATE webhook SET url = ?, events = ?, active = ?, secret = ? WHERE id = ?",
                    webhook.url(), Json.text(webhook.events()), webhook.active() ? 1 : 0, secret(webhook), webhook.id());
            if (!webhook.active()) {
                handle.execute("DELETE FROM webhook_delivery WHERE webhook_id = ?", webhook.id());
            }
        });
    }

    /// Stops sending to one, which was in vain for long, and forgets what was to be sent.
    void disable(String id) {
        state.run(handle -> {
            handle.execute("UPDATE webhook SET active = 0 WHERE id = ?", id);
            handle.execute("DELETE FROM webhook_delivery WHERE webhook_id = ?", id);
        });
    }

    /// Removes one.
    public void remove(String id) {
        state.run(handle -> handle.execute("DELETE FROM webhook WHERE id = ?", id));
    }

    void deliver(String webhook, String body) {
        long now = clock.millis();
        state.run(handle -> handle.execute(
                "INSERT INTO webhook_delivery (id, webhook_id, body, attempts, first_at, next_at) VALUES (?, ?, ?, 0, ?, ?)",
                Ids.inOrder(now), webhook, body, now, now));
    }

    /// What is due, in the order in which it happened.
    List<Delivery> due() {
        return state.read(handle -> handle.createQuery("SELECT * FROM webhook_delivery WHERE next_at <= ? ORDER BY id LIMIT 1000")
                .bind(0, clock.millis())
                .map((row, _) -> new Delivery(
                        row.getString("id"),
                        row.getString("webhook_id"),
                        row.getString("body"),
                        row.getInt("attempts"),
                        Instant.ofEpochMilli(row.getLong("first_at")),
                        Instant.ofEpochMilli(row.getLong("next_at"))))
                .list());
    }

    /// Makes sure that nobody else sends it meanwhile; false if somebody does.
    boolean claim(Delivery delivery, Instant until) {
        return state.change(handle -> handle.execute(
                        "UPDATE webhook_delivery SET next_at = ? WHERE id = ? AND next_at = ?",
                        until.toEpochMilli(), delivery.id(), delivery.next().toEpochMilli()))
                == 1;
    }

    void delivered(Delivery delivery) {
        state.run(handle -> handle.execute("DELETE FROM webhook_delivery WHERE id = ?", delivery.id()));
    }

    void failed(Delivery delivery, Instant again, String problem) {
        state.run(handle -> handle.execute(
                "UPDATE webhook_delivery SET attempts = ?, next_at = ?, problem = ? WHERE id = ?",
                delivery.attempts() + 1, again.toEpochMilli(), problem, delivery.id()));
    }

    private static Webhook webhook(ResultSet row) throws SQLException {
        String id = row.getString("id");
        String secret = row.getString("secret");
        return new Webhook(
                id,
                Optional.ofNullable(row.getString("group_id")),
                row.getString("url"),
                Json.texts(Json.parse(row.getString("events"))),
                row.getInt("active") == 1,
                secret == null ? Sealed.none(owner(id)) : Sealed.parse(owner(id), secret),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Optional.ofNullable(row.getString("created_by")));
    }

    /// What the secrets of one are bound to.
    static String owner(String id) {
        return "webhook/" + id;
    }
}
