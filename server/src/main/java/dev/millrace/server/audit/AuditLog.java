package dev.millrace.server.audit;

import dev.millrace.server.member.Actor;
import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Who changed what, and when. Nothing is ever removed from it; whoever listens hears of it at once.
public final class AuditLog {

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

    private final State state;
    private final InstantSource clock;
    private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();

    /// A log in a state.
    public AuditLog(State state, InstantSource clock) {
        this.state = state;
        this.clock = clock;
    }

    /// Hears of every change from now on, on the thread that it happens on; must return quickly and not throw.
    public void listen(Consumer<Entry> listener) {
        listeners.add(listener);
    }

    /// Writes a change down.
    public void add(Actor actor, String action, String resource, String resourceId, ObjectNode detail) {
        Instant now = clock.instant();
        Entry entry = new Entry(Ids.inOrder(now.toEpochMilli()), now, actor.name(), actor.way().name(), action, resource, resourceId, detail);
        state.run(handle -> handle.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                entry.id(), now.toEpochMilli(), entry.actor(), entry.way(), action, resource, resourceId, detail.toString()));
        listeners.forEach(listener -> listener.accept(entry));
    }

    /// The latest changes, the latest first.
    public List<Entry> last(int howMany) {
        return state.read(handle -> handle.createQuery("SELECT * FROM audit ORDER BY at DESC, id DESC LIMIT ?").bind(0, howMany).map((row, _) -> entry(row)).list());
    }

    /// The changes after one, in order.
    ///
    /// @param after the id of the last one that is known; empty for the first
    public List<Entry> after(String after, int howMany) {
        return state.read(handle -> handle.createQuery("SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?")
                .bind(0, after)
                .bind(1, howMany)
                .map((row, _) -> entry(row))
                .list());
    }

    /// All changes of one kind to one kind of thing, in order.
    public List<Entry> all(String resource, String action) {
        return state.read(handle -> handle.createQuery("SELECT * FROM audit WHERE resource = ? AND action = ? ORDER BY id")
                .bind(0, resource)
                .bind(1, action)
                .map((row, _) -> entry(row))
                .list());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("id"),
                Instant.ofEpochMilli(row.getLong("at")),
                row.getString("actor"),
                row.getString("way"),
                row.getString("action"),
                row.getString("resource"),
                row.getString("resource_id"),
                Json.parseObject(row.getString("detail")));
    }
}
