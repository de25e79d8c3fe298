package dev.millrace.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class SlotWatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long WRITTEN = 4_000_000;

    @TempDir
    Path home;

    @Test
    void log_that_is_written_while_a_connection_is_paused_shows_in_what_its_slot_holds() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            String id = copied(database, server);
            server.patch("/v1/connections/" + id, "{\"paused\":true}");
            assertThat(holdsMoreAfterWriting(database, server, id)).isGreaterThanOrEqualTo(WRITTEN);
        }
    }

    @Test
    void log_that_is_written_between_two_runs_shows_in_what_its_slot_holds_and_in_how_far_behind_it_is() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            String id = copied(database, server);
            assertThat(holdsMoreAfterWriting(database, server, id)).isGreaterThanOrEqualTo(WRITTEN);
            try (SlotWatch watch = new SlotWatch(server.server().plane()); Metrics metrics = new Metrics(server.server().plane(), watch)) {
                watch.look(connection(server, id));
                assertThat(value(metrics, "millrace_lag_bytes", id)).isGreaterThanOrEqualTo(WRITTEN);
            }
        }
    }

    @Test
    void a_slot_that_cannot_be_asked_any_more_has_no_value() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            String id = copied(database, server);
            server.patch("/v1/connections/" + id, "{\"paused\":true}");
            try (SlotWatch watch = new SlotWatch(server.server().plane()); Metrics metrics = new Metrics(server.server().plane(), watch)) {
                watch.look(connection(server, id));
                assertThat(metrics.scrape()).contains("millrace_slot_wal_held_bytes{connection=\"" + id);
                server.patch("/v1/connections/" + id, "{\"run_setup_tests\":false,\"config\":{\"port\":1}}");
                watch.look(connection(server, id));
                assertThat(metrics.scrape()).doesNotContain("millrace_slot_wal_held_bytes{connection=\"" + id);
            }
        }
    }

    private static String copied(TestDatabase database, ServerHarness server) {
        database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text)");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        String id = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString()).data().path("id").asString();
        Eventually.within(LIMIT, () -> {
            assertThat(server.get("/v1/connections/" + id).data().path("succeeded_at").isNull()).isFalse();
            assertThat(server.server().plane().conductor().active(id)).isEmpty();
        });
        return id;
    }

    /// By how much the metric grew while so many bytes of log were written.
    private static double holdsMoreAfterWriting(TestDatabase database, ServerHarness server, String id) {
        try (SlotWatch watch = new SlotWatch(server.server().plane()); Metrics metrics = new Metrics(server.server().plane(), watch)) {
            watch.look(connection(server, id));
            double before = value(metrics, "millrace_slot_wal_held_bytes", id);
            database.execute("INSERT INTO mills SELECT i, repeat('x', 1000) FROM generate_series(1, 4000) AS i");
            watch.look(connection(server, id));
            return value(metrics, "millrace_slot_wal_held_bytes", id) - before;
        }
    }

    private static ConnectionRecord connection(ServerHarness server, String id) {
        return server.server().plane().connections().find(id).orElseThrow();
    }

    private static double value(Metrics metrics, String name, String connection) {
        String labels = "%s{connection=\"%s\",schema_prefix=\"shop\"} ".formatted(name, connection);
        return metrics.scrape().lines().filter(line -> line.startsWith(labels)).map(line -> Double.parseDouble(line.substring(labels.length()))).findFirst().orElseThrow();
    }
}
