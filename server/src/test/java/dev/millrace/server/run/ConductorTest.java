package dev.millrace.server.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.destination.duckdb.DuckReader;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.server.Refusal;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.run.RunLog.Event;
import dev.millrace.server.state.StateAddress;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(180)
class ConductorTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void a_connection_that_fails_is_tried_again_and_paused_with_the_remedy_after_some_failures() {
        try (TestDatabase database = prepared(); ServerHarness server = new ServerHarness(home)) {
            String id = connect(server, database, "");
            awaitSuccess(server, id);
            database.execute("ALTER PUBLICATION pub RENAME TO other");
            server.post("/v1/connections/" + id + "/sync", "");
            Eventually.within(LIMIT, () -> assertThat(server.get("/v1/connections/" + id).data().path("paused").asBoolean()).isTrue());
            Eventually.within(LIMIT, () -> assertThat(status(server, id).path("sync_state").asString()).isEqualTo("paused"));
            ObjectNode status = status(server, id);
            assertThat(status.path("setup_state").asString()).isEqualTo("broken");
            assertThat(status.path("tasks").path(0).path("code").asString()).isEqualTo("PUBLICATION_MISSING");
            assertThat(status.path("tasks").path(0).path("message").asString()).contains("After 5 failures in a row the connection was paused");
            assertThat(status.path("tasks").path(0).path("details").path("remedy").asString()).contains("CREATE PUBLICATION");
            List<RunRecord> runs = server.server().plane().runs().last(id, 10);
            assertThat(runs.stream().filter(run -> run.status() == RunRecord.Status.FAILURE_WITH_TASK)).hasSize(5);
            database.execute("ALTER PUBLICATION other RENAME TO pub", "INSERT INTO mills VALUES (11)");
            assertThat(server.patch("/v1/connections/" + id, "{\"paused\":false}").status()).isEqualTo(200);
            server.post("/v1/connections/" + id + "/sync", "");
            Eventually.within(LIMIT, () -> assertThat(count()).as(() -> server.get("/v1/connections/" + id).data() + " " + server.server().plane().runs().last(id, 10)).isEqualTo(11));
            Eventually.within(LIMIT, () -> assertThat(status(server, id).path("setup_state").asString()).isEqualTo("connected"));
            assertThat(status(server, id).path("tasks")).isEmpty();
        }
    }

    @Test
    void a_continuous_connection_follows_until_it_is_paused_and_goes_on_when_it_is_resumed() {
        try (TestDatabase database = prepared(); ServerHarness server = new ServerHarness(home)) {
            String id = connect(server, database, "\"millrace\":{\"continuous\":true},");
            awaitSuccess(server, id);
            database.execute("INSERT INTO mills VALUES (11)");
            Eventually.within(LIMIT, () -> assertThat(count()).isEqualTo(11));
            assertThat(status(server, id).path("sync_state").asString()).isEqualTo("syncing");
            server.server().plane().conductor().active(id).orElseThrow().tellFollowed();
            assertThat(modified(server, id)).containsExactly(10L, 1L);
            database.execute("ALTER TABLE mills ADD wheels int", "INSERT INTO mills (id) VALUES (14)", "DELETE FROM mills WHERE id = 14");
            Eventually.within(LIMIT, () -> assertThat(events(server, id, "alter_table")).singleElement().satisfies(event -> assertThat(event.data().path("column").asString()).isEqualTo("wheels")));
            server.patch("/v1/connections/" + id, "{\"paused\":true}");
            Eventually.within(LIMIT, () -> assertThat(status(server, id).path("sync_state").asString()).isEqualTo("paused"));
            database.execute("INSERT INTO mills VALUES (12)");
            server.patch("/v1/connections/" + id, "{\"paused\":false}");
            Eventually.within(LIMIT, () -> assertThat(count()).isEqualTo(12));
            server.restart();
            database.execute("INSERT INTO mills VALUES (13)");
            Eventually.within(LIMIT, () -> assertThat(count()).isEqualTo(13));
        }
    }

    private static List<Event> events(ServerHarness server, String id, String name) {
        return server.server().plane().log().last(id, Optional.empty(), 100).reversed().stream().filter(event -> event.name().equals(name)).toList();
    }

    private static List<Long> modified(ServerHarness server, String id) {
        return events(server, id, "records_modified").stream().map(event -> event.data().path("count").asLong()).toList();
    }

    @Test
    void tables_are_copied_again_by_each_form_of_asking() {
        try (TestDatabase database = prepared(); ServerHarness server = new ServerHarness(home)) {
            String id = connect(server, database, "");
            awaitSuccess(server, id);
            for (String[] form : new String[][] {
                {"/resync", ""},
                {"/resync", "{\"scope\":{\"public\":[\"mills\"]}}"},
                {"/schemas/tables/resync", "{\"public\":[\"mills\"]}"},
                {"/schemas/public/tables/mills/resync", ""}
            }) {
                long before = copies(server, id);
                Answer answer = server.post("/v1/connections/" + id + form[0], form[1]);
                assertThat(answer.status()).as(form[0] + form[1]).isEqualTo(200);
                Eventually.within(LIMIT, () -> assertThat(copies(server, id)).as(form[0] + form[1]).isGreaterThan(before));
                Eventually.within(LIMIT, () -> assertThat(server.server().plane().runs().current(id)).isEmpty());
            }
            assertThat(server.post("/v1/connections/" + id + "/resync", "{\"scope\":{}}").status()).isEqualTo(400);
            assertThat(server.post("/v1/connections/" + id + "/resync", "{\"scope\":{\"public\":[]}}").status()).isEqualTo(400);
        }
    }

    @Test
    void a_connection_that_copies_a_large_table_is_stopped_at_a_safe_point_changed_and_goes_on() {
        try (TestDatabase database = prepared(); ServerHarness server = new ServerHarness(home)) {
            database.execute("INSERT INTO mills SELECT i, repeat('x', 100) FROM generate_series(100, 2000000) AS i");
            String id = connect(server, database, "");
            Eventually.within(LIMIT, () -> assertThat(server.server().plane().conductor().active(id)).isPresent());
            Instant asked = Instant.now();
            Answer changed = server.patch("/v1/connections/" + id, "{\"config\":{\"publication_name\":\"pub\"},\"run_setup_tests\":false}");
            assertThat(changed.status()).as(changed.message()).isEqualTo(200);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(LIMIT);
            Eventually.within(LIMIT.multipliedBy(2), () -> assertThat(count()).isEqualTo(1_999_911));
            assertThat(server.delete("/v1/connections/" + id).status()).isEqualTo(200);
            assertThat(server.get("/v1/connections/" + id).status()).isEqualTo(404);
        }
    }

    @Test
    void a_server_that_shares_its_state_takes_up_what_another_one_left() {
        try (TestDatabase database = prepared(); TestDatabase state = TestPostgres.latest().newDatabase()) {
            StateAddress address = address(state);
            String id;
            try (ServerHarness first = new ServerHarness(home, address)) {
                id = connect(first, database, "");
                awaitSuccess(first, id);
            }
            database.execute("INSERT INTO mills VALUES (11)");
            state.execute(
                    "UPDATE scheduled_tasks SET picked = true, picked_by = 'gone', last_heartbeat = now() - interval '1 hour', execution_time = now()",
                    "INSERT INTO run SELECT 'left', connection_id, 'gone', 'SCHEDULE', 'RUNNING', started_at, 0, NULL, 0, 0, 0, NULL, NULL, 0 FROM run LIMIT 1");
            try (ServerHarness second = new ServerHarness(home, address)) {
                Eventually.within(LIMIT, () -> assertThat(count()).isEqualTo(11));
                assertThat(second.server().plane().runs().last(id, 10)).filteredOn(run -> run.id().equals("left")).allMatch(run -> run.status() == RunRecord.Status.RESCHEDULED);
            }
        }
    }

    @Test
    void while_something_is_done_with_a_copy_no_server_that_shares_the_state_runs_it_and_none_does_something_else() throws Exception {
        try (TestDatabase database = prepared();
                TestDatabase state = TestPostgres.latest().newDatabase();
                ServerHarness first = new ServerHarness(home.resolve("first"), address(state))) {
            String id = connect(first, database, "\"schedule_type\":\"manual\",");
            Files.createDirectories(home.resolve("second"));
            Files.copy(home.resolve("first/key"), home.resolve("second/key"));
            try (ServerHarness second = new ServerHarness(home.resolve("second"), address(state))) {
                ConnectionRecord connection = first.server().plane().connections().find(id).orElseThrow();
                AtomicReference<Instant> ended = new AtomicReference<>();
                first.server().plane().conductor().whileIdle(connection, () -> {
                    assertThatThrownBy(() -> second.server().plane().conductor().whileIdle(connection, () -> ended.set(Instant.EPOCH)))
                            .isInstanceOf(Refusal.class)
                            .hasMessageContaining("Something else is being done");
                    second.server().plane().conductor().sync(connection, false);
                    Eventually.within(LIMIT, () -> assertThat(state.query("SELECT version > 1 FROM scheduled_tasks").toString()).contains("t"));
                    assertThat(first.server().plane().runs().last(id, 1)).isEmpty();
                    ended.set(Instant.now());
                });
                awaitSuccess(second, id);
                assertThat(first.server().plane().runs().last(id, 1).getFirst().started()).isAfterOrEqualTo(ended.get().truncatedTo(ChronoUnit.MILLIS));
            }
        }
    }

    @Test
    void what_would_wait_for_another_servers_endless_run_is_refused() throws Exception {
        try (TestDatabase database = prepared();
                TestDatabase state = TestPostgres.latest().newDatabase();
                ServerHarness first = new ServerHarness(home.resolve("first"), address(state))) {
            String id = connect(first, database, "\"millrace\":{\"continuous\":true},");
            Eventually.within(LIMIT, () -> assertThat(first.server().plane().conductor().active(id)).isPresent());
            Files.createDirectories(home.resolve("second"));
            Files.copy(home.resolve("first/key"), home.resolve("second/key"));
            try (ServerHarness second = new ServerHarness(home.resolve("second"), address(state))) {
                ConnectionRecord connection = second.server().plane().connections().find(id).orElseThrow();
                assertThatThrownBy(() -> second.server().plane().conductor().whileIdle(connection, () -> {})).isInstanceOf(Refusal.class).hasMessageContaining("without an end");
            }
        }
    }

    private static StateAddress address(TestDatabase state) {
        return StateAddress.parse("postgresql://%s:%s@%s:%d/%s".formatted(state.user(), state.password(), state.host(), state.port(), state.name()));
    }

    private static TestDatabase prepared() {
        TestDatabase database = TestPostgres.latest().newDatabase();
        database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills SELECT i FROM generate_series(1, 10) AS i");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        return database;
    }

    private static String connect(ServerHarness server, TestDatabase database, String more) {
        String body = ServerHarness.connection(server.group("shop"), database, "shop").toString();
        Answer made = server.post("/v1/connections", "{" + more + body.substring(1));
        assertThat(made.status()).as(made.message()).isEqualTo(201);
        assertThat(made.data().path("status").path("setup_state").asString()).as(made.data().toString()).isEqualTo("connected");
        return made.data().path("id").asString();
    }

    private static ObjectNode status(ServerHarness server, String id) {
        return (ObjectNode) server.get("/v1/connections/" + id).data().get("status");
    }

    private static void awaitSuccess(ServerHarness server, String id) {
        Eventually.within(LIMIT, () -> assertThat(server.get("/v1/connections/" + id).data().path("succeeded_at").isNull()).isFalse());
    }

    private static long copies(ServerHarness server, String id) {
        return server.server().plane().log().last(id, Optional.empty(), 1_000).stream().filter(event -> event.name().equals("write_to_table_end")).count();
    }

    private long count() {
        try (DuckReader reader = DuckReader.openBesideWriters(home.resolve("destinations/shop.duckdb"), "shop", DuckSettings.defaults());
                Statement statement = reader.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM shop_public.mills WHERE NOT _millrace_deleted")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
