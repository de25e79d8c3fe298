package dev.millrace.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class MetricsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void what_connections_do_is_measured_and_told_as_lines_of_json() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            new EventLines(server.server().plane(), new PrintStream(printed, true, StandardCharsets.UTF_8)).begin();
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)", "INSERT INTO mills SELECT i FROM generate_series(1, 10) AS i");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String id = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString()).data().path("id").asString();
            String labels = "{connection=\"%s\",schema_prefix=\"shop\"}".formatted(id);
            Eventually.within(LIMIT, () -> assertThat(metrics(server))
                    .contains("millrace_rows_copied_total" + labels + " 10.0")
                    .contains("millrace_runs_ended_total{connection=\"%s\",schema_prefix=\"shop\",status=\"SUCCESSFUL\"} 1.0".formatted(id))
                    .contains("millrace_connection_paused" + labels + " 0.0")
                    .contains("millrace_connection_broken" + labels + " 0.0"));
            database.execute("ALTER PUBLICATION pub RENAME TO other");
            server.post("/v1/connections/" + id + "/sync", "");
            Eventually.within(LIMIT, () -> assertThat(metrics(server))
                    .contains("millrace_faults_total{connection=\"%s\",kind=\"PUBLICATION_MISSING\",schema_prefix=\"shop\"}".formatted(id))
                    .contains("millrace_connection_broken" + labels + " 1.0"));
            assertThat(server.call("GET", "/metrics", "", "").status()).isEqualTo(401);
            assertThat(server.call("GET", "/health/live", "", "").body().path("status").asString()).isEqualTo("UP");
            assertThat(server.call("GET", "/health/ready", "", "").body().path("status").asString()).isEqualTo("UP");
        }
        List<ObjectNode> lines = printed.toString(StandardCharsets.UTF_8).lines().map(Json::parseObject).toList();
        assertThat(lines).anySatisfy(line -> {
            assertThat(line.path("event").asString()).isEqualTo("sync_end");
            assertThat(line.path("data").path("status").asString()).isEqualTo("SUCCESSFUL");
            assertThat(line.path("connector_name").asString()).isEqualTo("shop");
            assertThat(line.path("sync_id").asString()).hasSize(36);
        });
    }

    private static String metrics(ServerHarness server) {
        return server.get("/metrics").http().body();
    }
}
