package dev.millrace.server.audit;

import dev.millrace.server.member.Actor;
import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Who changed what, and when. Nothing is ever removed from it.
///
/// @param state where it is kept
/// @param clock for stamps
public record AuditLog(State state, InstantSource clock) {

    /// One change.
    ///
    /// @param id sorts by time
    /// @param actor who
    /// @param way how they came
    /// @param action what they did: `create`
    /// @param resource with what kind of thing: `connection`
    /// @param resourceId with which
    /// @param detail more of it; no secrets
    public record Entry(String id, Instant at, String actor, String way, String action, String resource, String resourceId, ObjectNode detail) {}

    /// Writes a change down.
    public void add(Actor actor, String action, String resource, String resourceId, ObjectNode detail) {
        long now = clock.millis();
        state.run(handle -> handle.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                Ids.inOrder(now), now, actor.name(), actor.way().name(), action, resource, resourceId, detail.toString()));
    }

    /// The latest changes, the latest first.
    public List<Entry> last(int howMany) {
        return state.read(handle -> handle.createQuery("SELECT * FROM audit ORDER BY at DESC, id DESC LIMIT ?")
                .bind(0, howMany)
                .map((row, _) -> new Entry(
                        row.getString("id"),
                        Instant.ofEpochMilli(row.getLong("at")),
                        row.getString("actor"),
                        row.getString("way"),
                        row.getString("action"),
                        row.getString("resource"),
                        row.getString("resource_id"),
                        Json.parseObject(row.getString("detail"))))
                .list());
    }
}
