package dev.millrace.server.run;

import dev.millrace.server.state.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/// Which connections are kept from running while something else is done with their copies, at whichever server. For any thread.
///
/// What a server reserved holds as long as it is heard of; so one that dies does not keep a connection from running.
final class Reservations {

    private final State state;
    private final InstantSource clock;
    private final String server;
    private final Duration patience;
    private final Set<String> ours = ConcurrentHashMap.newKeySet();

    /// @param server who reserves
    /// @param patience how long a server that is not heard of is still believed to be at work
    Reservations(State state, InstantSource clock, String server, Duration patience) {
        this.state = state;
        this.clock = clock;
        this.server = server;
        this.patience = patience;
    }

    /// Reserves a connection, from now on or once its run has ended; false if somebody else has.
    boolean take(String connection) {
        boolean taken = state.change(handle -> {
            if (isTaken(handle, connection)) {
                return false;
            }
            handle.execute("DELETE FROM reservation WHERE connection_id = ?", connection);
            handle.execute("INSERT INTO reservation VALUES (?, ?, ?)", connection, server, clock.millis());
            return true;
        });
        if (taken) {
            ours.add(connection);
        }
        return taken;
    }

    /// Whether somebody has reserved a connection. Nobody does, and no run begins, until the transaction has ended.
    boolean isTaken(Handle handle, String connection) {
        // The row is what both sides of the question wait for: a look alone would let each miss what the other is about to write.
        handle.execute("UPDATE connection SET paused = paused WHERE id = ?", connection);
        return handle.createQuery("SELECT 1 FROM reservation WHERE connection_id = ? AND heard_at >= ?")
                .bind(0, connection)
                .bind(1, clock.millis() - patience.toMillis())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /// Says that what this server reserved is still in use.
    void hold() {
        if (!ours.isEmpty()) {
            state.run(handle -> ours.forEach(connection -> handle.execute("UPDATE reservation SET heard_at = ? WHERE connection_id = ?", clock.millis(), connection)));
        }
    }

    /// Lets a connection run again.
    void release(String connection) {
        ours.remove(connection);
        state.run(handle -> handle.execute("DELETE FROM reservation WHERE connection_id = ? AND server = ?", connection, server));
    }

    /// Forgets all: what an earlier process left, where there is no other.
    void forgetAll() {
        state.run(handle -> handle.execute("DELETE FROM reservation"));
    }
}
