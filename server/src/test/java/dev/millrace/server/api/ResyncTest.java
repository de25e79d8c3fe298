package dev.millrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.run.RunRecord;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class ResyncTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void a_table_that_is_asked_for_again_while_it_is_copied_is_copied_again_and_no_run_fails() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills SELECT i, repeat('n', 100) FROM generate_series(1, 100000) AS i");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            ObjectNode body = ServerHarness.connection(server.group("shop"), database, "shop");
            body.putObject("millrace").put("continuous", true);
            String id = server.post("/v1/connections", body.toString()).data().path("id").asString();
            String path = "/v1/connections/" + id;
            succeedsAfter(server, path, "");
            for (int i = 0; i < 10; i++) {
                assertThat(server.post(path + "/schemas/tables/resync", "{\"public\":[\"mills\"]}").status()).isEqualTo(200);
            }
            Eventually.within(LIMIT, () -> assertThat(server.server().plane().runs().copiesAskedFor(id)).isEmpty());
            succeedsAfter(server, path, server.get(path).data().path("succeeded_at").asString(""));
            assertThat(server.server().plane().runs().last(id, 50)).allSatisfy(run -> assertThat(run.status()).isNotIn(RunRecord.Status.FAILURE, RunRecord.Status.FAILURE_WITH_TASK));
        }
    }

    private static void succeedsAfter(ServerHarness server, String path, String before) {
        Eventually.within(LIMIT, () -> assertThat(server.get(path).data().path("succeeded_at").asString("")).isGreaterThan(before));
    }
}
