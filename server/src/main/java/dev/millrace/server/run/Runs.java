package dev.millrace.server.run;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.run.RunRecord.Cause;
import dev.millrace.server.run.RunRecord.Status;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.Moments;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The runs, those that go on among them, and what was asked of the next ones.
///
/// @param state where they are kept
/// @param clock for stamps
public record Runs(State state, InstantSource clock) {

    /// Every table, where a single one could be named.
    public static final TableName EVERY_TABLE = new TableName("*", "*");

    /// A run begins; empty if its connection is kept from running.
    Optional<RunRecord> begin(String connection, String server, Cause cause, Reservations reservations) {
        RunRecord run = new RunRecord(
                UUID.randomUUID().toString(), connection, server, cause, Status.RUNNING, clock.instant(), Optional.empty(), 0, 0, 0, Optional.empty(), Optional.empty());
        long now = run.started().toEpochMilli();
        return state.change(handle -> {
            if (reservations.isTaken(handle, connection)) {
                return Optional.empty();
            }
            handle.execute(
                    "INSERT INTO run (id, connection_id, server, cause, status, started_at, heard_at, rows_copied, changes, bytes, stop_asked) "
                            + "VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)",
                    run.id(), connection, server, cause.name(), Status.RUNNING.name(), now, now);
            return Optional.of(run);
        });
    }

    /// A run goes on; answers whether somebody asked it to stop.
    boolean pulse(String run, RunCount count) {
        return state.change(handle -> {
            handle.execute(
                    "UPDATE run SET heard_at = ?, rows_copied = ?, changes = ?, bytes = ?, position = ? WHERE id = ?",
                    clock.millis(), count.rowsCopied(), count.changes(), count.bytes(), orNull(count.position()), run);
            return handle.createQuery("SELECT stop_asked FROM run WHERE id = ?").bind(0, run).mapTo(Integer.class).findOne().orElse(1) == 1;
        });
    }

    /// A run has ended.
    void end(String run, Status status, RunCount count, Optional<ObjectNode> fault) {
        long now = clock.millis();
        state.run(handle -> handle.execute(
                "UPDATE run SET status = ?, heard_at = ?, ended_at = ?, rows_copied = ?, changes = ?, bytes = ?, position = ?, fault = ? WHERE id = ?",
                status.name(), now, now, count.rowsCopied(), count.changes(), count.bytes(), orNull(count.position()), fault.map(Object::toString).orElse(null), run));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /// Ends the runs of servers that are no more: this one's earlier life, where it is alone, and those that were not heard of for so long.
    void endAbandoned(boolean alone, Instant heardBefore) {
        state.run(handle -> handle.execute(
                "UPDATE run SET status = ?, ended_at = heard_at WHERE ended_at IS NULL AND (? = 1 OR heard_at < ?)",
                Status.RESCHEDULED.name(), alone ? 1 : 0, heardBefore.toEpochMilli()));
    }

    /// The run of a connection that goes on, here or at another server.
    public Optional<RunRecord> current(String connection) {
        return state.read(handle -> handle.createQuery("SELECT * FROM run WHERE connection_id = ? AND ended_at IS NULL ORDER BY started_at DESC LIMIT 1")
                .bind(0, connection)
                .map((row, _) -> run(row))
                .findOne());
    }

    /// The last runs of a connection, the latest first.
    public List<RunRecord> last(String connection, int howMany) {
        return state.read(handle -> handle.createQuery("SELECT * FROM run WHERE connection_id = ? ORDER BY started_at DESC, id LIMIT ?")
                .bind(0, connection)
                .bind(1, howMany)
                .map((row, _) -> run(row))
                .list());
    }

    /// Asks the run that goes on to stop.
    void askToStop(String connection) {
        state.run(handle -> handle.execute("UPDATE run SET stop_asked = 1 WHERE connection_id = ? AND ended_at IS NULL", connection));
    }

    /// Wants tables copied again by the next run.
    public void askForCopies(String connection, Collection<TableName> tables) {
        long now = clock.millis();
        state.run(handle -> tables.forEach(table -> {
            handle.execute(
                    "DELETE FROM resync_request WHERE connection_id = ? AND source_schema = ? AND source_table = ?", connection, table.schema(), table.table());
            handle.execute("INSERT INTO resync_request VALUES (?, ?, ?, ?)", connection, table.schema(), table.table(), now);
        }));
    }

    /// The tables that shall be copied again.
    public List<TableName> copiesAskedFor(String connection) {
        return state.read(handle -> handle.createQuery("SELECT source_schema, source_table FROM resync_request WHERE connection_id = ? ORDER BY 1, 2")
                .bind(0, connection)
                .map((row, _) -> new TableName(row.getString(1), row.getString(2)))
                .list());
    }

    /// The destination knows of them now.
    void copiesRequested(String connection, Collection<TableName> tables) {
        state.run(handle -> tables.forEach(table -> handle.execute(
                "DELETE FROM resync_request WHERE connection_id = ? AND source_schema = ? AND source_table = ?", connection, table.schema(), table.table())));
    }

    private static RunRecord run(ResultSet row) throws SQLException {
        return new RunRecord(
                row.getString("id"),
                row.getString("connection_id"),
                row.getString("server"),
                Cause.valueOf(row.getString("cause")),
                Status.valueOf(row.getString("status")),
                Instant.ofEpochMilli(row.getLong("started_at")),
                Moments.of(row, "ended_at"),
                row.getLong("rows_copied"),
                row.getLong("changes"),
                row.getLong("bytes"),
                Optional.ofNullable(row.getString("position")),
                Optional.ofNullable(row.getString("fault")).map(Json::parseObject));
    }
}
