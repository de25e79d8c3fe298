package dev.millrace.server.connection;

import dev.millrace.core.check.Approvable;
import dev.millrace.server.connection.Standing.Setup;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.Moments;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ArrayNode;

/// The connections, what was approved for them, and how they stand.
///
/// @param state where they are kept
/// @param clock for stamps
public record Connections(State state, InstantSource clock) {

    private static final String COLUMNS = "id, group_id, service, schema_prefix, config, secrets, choice, extension, paused, sync_frequency, daily_sync_time, "
            + "schedule_type, delay_sensitivity, delay_threshold, destination_schema_names, proxy_agent_id, created_at, created_by";

    /// Adds one, of which nothing happened yet.
    public void add(ConnectionRecord connection) {
        state.run(handle -> {
            handle.execute("INSERT INTO connection (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values(connection));
            handle.execute(
                    "INSERT INTO connection_state (connection_id, setup_state, setup_tests, historical, failures, warnings) VALUES (?, ?, '[]', 1, 0, '[]')",
                    connection.id(), Setup.INCOMPLETE.name());
        });
    }

    private static Object[] values(ConnectionRecord connection) {
        return new Object[] {
            connection.id(),
            connection.groupId(),
            connection.service(),
            connection.schemaPrefix(),
            connection.config().toString(),
            connection.secrets().text(),
            connection.choice().toString(),
            connection.extension().toString(),
            connection.paused() ? 1 : 0,
            connection.schedule().minutes(),
            connection.schedule().daily().map(LocalTime::toString).orElse(null),
            type(connection.schedule()),
            connection.delay().sensitivity(),
            connection.delay().thresholdMinutes().orElse(null),
            connection.schemaNames(),
            connection.agentId().orElse(null),
            connection.created().toEpochMilli(),
            connection.createdBy().orElse(null)
        };
    }

    private static String type(Schedule schedule) {
        return schedule.manual() ? "manual" : schedule.continuous() ? "continuous" : "auto";
    }

    /// Changes one as it is now, and nobody else meanwhile; empty if it is gone.
    public Optional<ConnectionRecord> change(String id, UnaryOperator<ConnectionRecord> how) {
        return state.change(handle -> {
            Optional<ConnectionRecord> now = find(handle, id).map(how);
            now.ifPresent(connection -> write(handle, connection));
            return now;
        });
    }

    private static void write(Handle handle, ConnectionRecord connection) {
        handle.execute(
                """
                UPDATE connection SET config = ?, secrets = ?, choice = ?, extension = ?, paused = ?, sync_frequency = ?, daily_sync_time = ?,
                    schedule_type = ?, delay_sensitivity = ?, delay_threshold = ?, destination_schema_names = ?, proxy_agent_id = ?
                WHERE id = ?
                """,
                connection.config().toString(),
                connection.secrets().text(),
                connection.choice().toString(),
                connection.extension().toString(),
                connection.paused() ? 1 : 0,
                connection.schedule().minutes(),
                connection.schedule().daily().map(LocalTime::toString).orElse(null),
                type(connection.schedule()),
                connection.delay().sensitivity(),
                connection.delay().thresholdMinutes().orElse(null),
                connection.schemaNames(),
                connection.agentId().orElse(null),
                connection.id());
    }

    /// By id.
    public Optional<ConnectionRecord> find(String id) {
        return state.read(handle -> find(handle, id));
    }

    private static Optional<ConnectionRecord> find(Handle handle, String id) {
        return handle.createQuery("SELECT * FROM connection WHERE id = ?").bind(0, id).map((row, _) -> connection(row)).findOne();
    }

    /// All, in the order in which they were made.
    public List<ConnectionRecord> all() {
        return state.read(handle -> handle.createQuery("SELECT * FROM connection ORDER BY created_at, id").map((row, _) -> connection(row)).list());
    }

    /// Those of a group, in the order in which they were made.
    public List<ConnectionRecord> inGroup(String group) {
        return state.read(handle -> handle.createQuery("SELECT * FROM connection WHERE group_id = ? ORDER BY created_at, id")
                .bind(0, group)
                .map((row, _) -> connection(row))
                .list());
    }

    /// Removes one with all that is known of it. What was copied stays where it is.
    public void remove(String id) {
        state.run(handle -> {
            handle.execute("DELETE FROM approval WHERE owner = ?", id);
            handle.execute("DELETE FROM connection WHERE id = ?", id);
        });
    }

    /// How one stands.
    public Standing standing(String id) {
        return state.read(handle -> standing(handle, id));
    }

    private static Standing standing(Handle handle, String id) {
        return handle.createQuery("SELECT * FROM connection_state WHERE connection_id = ?").bind(0, id).map((row, _) -> standing(row)).one();
    }

    /// Changes how one stands; nothing if it is gone.
    public void stand(String id, UnaryOperator<Standing> how) {
        state.run(handle -> {
            if (find(handle, id).isPresent()) {
                Standing now = how.apply(standing(handle, id));
                handle.execute(
                        """
                        UPDATE connection_state SET setup_state = ?, setup_tests = ?, historical = ?, succeeded_at = ?, failed_at = ?, failures = ?,
                            next_at = ?, fault = ?, warnings = ?
                        WHERE connection_id = ?
                        """,
                        now.setup().name(),
                        now.setupTests().toString(),
                        now.historical() ? 1 : 0,
                        now.succeeded().map(Instant::toEpochMilli).orElse(null),
                        now.failed().map(Instant::toEpochMilli).orElse(null),
                        now.failures(),
                        now.next().map(Instant::toEpochMilli).orElse(null),
                        now.fault().map(Object::toString).orElse(null),
                        now.warnings().toString(),
                        id);
            }
        });
    }

    /// Something that was approved.
    ///
    /// @param what that
    /// @param at when
    /// @param by the actor's id
    public record Approved(Approvable what, Instant at, Optional<String> by) {}

    /// Approves something for a connection or a destination; once more changes nothing.
    public void approve(String owner, Approvable what, String by) {
        state.run(handle -> {
            handle.execute("DELETE FROM approval WHERE owner = ? AND kind = ? AND fingerprint = ?", owner, what.kind().name(), what.fingerprint());
            handle.execute(
                    "INSERT INTO approval VALUES (?, ?, ?, ?, ?, ?, ?)",
                    owner, what.kind().name(), what.fingerprint(), what.name(), Json.text(what.facts()), clock.millis(), by);
        });
    }

    /// What was approved for it, in order.
    public List<Approved> approved(String owner, Approvable.Kind kind) {
        return state.read(handle -> handle.createQuery("SELECT * FROM approval WHERE owner = ? AND kind = ? ORDER BY approved_at, fingerprint")
                .bind(0, owner)
                .bind(1, kind.name())
                .map((row, _) -> {
                    Map<String, String> facts = new LinkedHashMap<>();
                    Json.parseObject(row.getString("facts")).properties().forEach(fact -> facts.put(fact.getKey(), fact.getValue().asString()));
                    return new Approved(
                            new Approvable(kind, row.getString("fingerprint"), row.getString("name"), facts),
                            Instant.ofEpochMilli(row.getLong("approved_at")),
                            Optional.ofNullable(row.getString("approved_by")));
                })
                .list());
    }

    /// Takes an approval back; false if there is none.
    public boolean disapprove(String owner, Approvable.Kind kind, String fingerprint) {
        return state.change(handle -> handle.execute("DELETE FROM approval WHERE owner = ? AND kind = ? AND fingerprint = ?", owner, kind.name(), fingerprint)) > 0;
    }

    private static ConnectionRecord connection(ResultSet row) throws SQLException {
        String id = row.getString("id");
        String type = row.getString("schedule_type");
        int threshold = row.getInt("delay_threshold");
        Optional<Integer> thresholdMinutes = row.wasNull() ? Optional.empty() : Optional.of(threshold);
        return new ConnectionRecord(
                id,
                row.getString("group_id"),
                row.getString("service"),
                row.getString("schema_prefix"),
                Json.parseObject(row.getString("config")),
                Sealed.parse("connection/" + id, row.getString("secrets")),
                Json.parseObject(row.getString("choice")),
                Json.parseObject(row.getString("extension")),
                row.getInt("paused") == 1,
                new Schedule(
                        row.getInt("sync_frequency"),
                        Optional.ofNullable(row.getString("daily_sync_time")).map(LocalTime::parse),
                        type.equals("manual"),
                        type.equals("continuous")),
                new ConnectionRecord.Delay(row.getString("delay_sensitivity"), thresholdMinutes),
                row.getString("destination_schema_names"),
                Optional.ofNullable(row.getString("proxy_agent_id")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Optional.ofNullable(row.getString("created_by")));
    }

    private static Standing standing(ResultSet row) throws SQLException {
        return new Standing(
                Setup.valueOf(row.getString("setup_state")),
                (ArrayNode) Json.parse(row.getString("setup_tests")),
                row.getInt("historical") == 1,
                Moments.of(row, "succeeded_at"),
                Moments.of(row, "failed_at"),
                row.getInt("failures"),
                Moments.of(row, "next_at"),
                Optional.ofNullable(row.getString("fault")).map(Json::parseObject),
                (ArrayNode) Json.parse(row.getString("warnings")));
    }
}
