package dev.millrace.server.run;

import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// What happened to connections, in the event names of the reference product's log. Kept for [#KEPT]; whoever listens hears of it at once.
public final class RunLog {

    /// How long an event is kept.
    public static final Duration KEPT = Duration.ofDays(7);

    /// How much an event matters, by the words of the reference product's log.
    public enum Level {
        INFO,
        WARNING,
        SEVERE
    }

    /// Something that happened.
    ///
    /// @param id sorts by time
    /// @param connectionId to which connection
    /// @param runId in which run; empty if in none
    /// @param at when
    /// @param name what: `sync_start`
    /// @param data more of it; no secrets, no cell values
    public record Event(String id, String connectionId, Optional<String> runId, Instant at, Level level, String name, ObjectNode data) {}

    private final State state;
    private final InstantSource clock;

    /// When something last happened. No two events have the same moment: who reads them puts them in order by it.
    private final AtomicLong last = new AtomicLong();

    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

    /// A log in a state.
    public RunLog(State state, InstantSource clock) {
        this.state = state;
        this.clock = clock;
    }

    /// Hears of every event from now on, on the thread that it happens on; must return quickly and not throw.
    public void listen(Consumer<Event> listener) {
        listeners.add(listener);
    }

    /// Writes down what happened.
    public void add(String connection, Optional<String> run, Level level, String name, ObjectNode data) {
        Instant now = Instant.ofEpochMilli(last.updateAndGet(before -> Math.max(before + 1, clock.millis())));
        Event event = new Event(Ids.inOrder(now.toEpochMilli()), connection, run, now, level, name, data);
        state.run(handle -> handle.execute(
                "INSERT INTO run_event VALUES (?, ?, ?, ?, ?, ?, ?)",
                event.id(), connection, run.orElse(null), now.toEpochMilli(), level.name(), name, data.toString()));
        listeners.forEach(listener -> listener.accept(event));
    }

    /// The latest events of a connection, the latest first.
    ///
    /// @param before only those before the one with this id; empty for all
    public List<Event> last(String connection, Optional<String> before, int howMany) {
        return state.read(handle -> handle.createQuery("SELECT * FROM run_event WHERE connection_id = ? AND (? = '' OR id < ?) ORDER BY at DESC, id DESC LIMIT ?")
                .bind(0, connection)
                .bind(1, before.orElse(""))
                .bind(2, before.orElse(""))
                .bind(3, howMany)
                .map((row, _) -> event(row))
                .list());
    }

    /// The events of all connections after one, in order.
    ///
    /// @param after the id of the last one that is known; empty for the first
    public List<Event> after(String after, int howMany) {
        return state.read(handle -> handle.createQuery("SELECT * FROM run_event WHERE id > ? ORDER BY id LIMIT ?")
                .bind(0, after)
                .bind(1, howMany)
                .map((row, _) -> event(row))
                .list());
    }

    /// Forgets what is older than [#KEPT].
    public void forgetOld() {
        state.run(handle -> handle.execute("DELETE FROM run_event WHERE at < ?", clock.instant().minus(KEPT).toEpochMilli()));
    }

    private static Event event(ResultSet row) throws SQLException {
        return new Event(
                row.getString("id"),
                row.getString("connection_id"),
                Optional.ofNullable(row.getString("run_id")),
                Instant.ofEpochMilli(row.getLong("at")),
                Level.valueOf(row.getString("level")),
                row.getString("event"),
                Json.parseObject(row.getString("data")));
    }
}
