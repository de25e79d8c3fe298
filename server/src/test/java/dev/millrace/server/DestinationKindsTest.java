package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Destinations of every kind, as programs make them.
@Timeout(180)
class DestinationKindsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path home;

    private static ObjectNode destination(String group, String service, ObjectNode config) {
        ObjectNode body = Json.object().put("group_id", group).put("service", service).put("region", "GCP_US_EAST4").put("time_zone_offset", "0");
        body.set("config", config);
        return body;
    }

    private static String group(ServerHarness server, String name) {
        return server.post("/v1/groups", Json.object().put("name", name).toString()).data().path("id").asString();
    }

    @Test
    void a_postgresql_database_is_made_a_destination_and_filled_and_its_password_is_never_shown() {
        try (TestDatabase source = ServerTest.prepared(TestPostgres.latest().newDatabase());
                TestDatabase copy = TestPostgres.latest().newDatabase();
                ServerHarness server = new ServerHarness(home)) {
            String group = group(server, "warehouse");
            ObjectNode config = Json.object()
                    .put("host", copy.host())
                    .put("port", copy.port())
                    .put("database", copy.name())
                    .put("user", copy.user())
                    .put("password", "not-the-password")
                    .put("connection_type", "Directly");
            Answer refused = server.post("/v1/destinations", destination(group, "postgres_warehouse", config).put("run_setup_tests", false).toString());
            assertThat(refused.status()).isEqualTo(201);
            assertThat(refused.body().toString()).doesNotContain("not-the-password");
            ObjectNode right = Json.object();
            right.putObject("config").put("password", copy.password());
            Answer made = server.patch("/v1/destinations/" + group, right.put("run_setup_tests", true).toString());
            assertThat(made.data().path("setup_status").asString()).as(made.body()::toString).isEqualTo("CONNECTED");
            assertThat(made.data().path("service").asString()).isEqualTo("postgres_warehouse");
            assertThat(made.data().path("config").path("port").asString()).isEqualTo(Integer.toString(copy.port()));
            assertThat(made.data().path("config").path("password").asString()).isEqualTo("******");

            String id = server.post("/v1/connections", ServerHarness.connection(group, source, "shop").put("paused", false).toString())
                    .data().path("id").asString();
            ServerTest.awaitSuccess(server, id);
            assertThat(copy.query("SELECT count(*) FROM shop_public.mills")).isEqualTo(List.of(List.of("10")));
            assertThat(copy.query("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'shop_public'")).isEqualTo(List.of(List.of("1")));
        }
    }

    @Test
    void a_lake_in_the_servers_folder_is_filled_and_one_elsewhere_on_its_machine_is_refused() {
        try (TestDatabase source = ServerTest.prepared(TestPostgres.latest().newDatabase());
                ServerHarness server = new ServerHarness(home)) {
            String group = group(server, "lake");
            Answer elsewhere = server.post("/v1/destinations", destination(group, "iceberg", Json.object().put("warehouse", "../outside")).toString());
            assertThat(elsewhere.status()).isEqualTo(400);
            assertThat(elsewhere.message()).contains("lies elsewhere");
            Answer unknown = server.post("/v1/destinations", destination(group, "iceberg", Json.object().put("warehouse", "lake").put("bucket", "b")).toString());
            assertThat(unknown.message()).contains("Unknown field `config.bucket`", "`warehouse`");
            Answer made = server.post("/v1/destinations", destination(group, "iceberg", Json.object().put("warehouse", "lake")).toString());
            assertThat(made.status()).as(made.body()::toString).isEqualTo(201);
            assertThat(made.data().path("setup_status").asString()).as(made.body()::toString).isEqualTo("CONNECTED");

            String id = server.post("/v1/connections", ServerHarness.connection(group, source, "shop").put("paused", false).toString())
                    .data().path("id").asString();
            ServerTest.awaitSuccess(server, id);
            assertThat(home.resolve("destinations/lake/catalog.sqlite")).satisfies(file -> assertThat(Files.exists(file)).isTrue());
            assertThat(count(server, group)).isEqualTo("10");
        }
    }

    private static String count(ServerHarness server, String group) {
        var plane = server.server().plane();
        List<String> values = new ArrayList<>();
        try (var wiring = plane.orders().wiring(plane.connections().inGroup(group).getFirst());
                CopyReader reader = wiring.place().reader().orElseThrow()) {
            reader.query(
                    "SELECT count(*) FROM shop_public.mills",
                    new RowSink() {
                        @Override
                        public void heads(List<Head> heads) {
                            assertThat(heads).hasSize(1);
                        }

                        @Override
                        public void rows(List<List<@Nullable Object>> rows) {
                            rows.forEach(row -> values.add(String.valueOf(row.getFirst())));
                        }
                    },
                    new StopSignal());
        }
        return values.getFirst();
    }

    @Test
    void a_service_that_there_is_not_is_refused_with_those_that_there_are() {
        try (ServerHarness server = new ServerHarness(home)) {
            Answer refused = server.post("/v1/destinations", destination(group(server, "big"), "big_query", Json.object()).toString());
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.message()).contains("duckdb", "postgres_warehouse", "iceberg");
        }
    }
}
