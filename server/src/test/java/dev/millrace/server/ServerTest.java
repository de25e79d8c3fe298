package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.destination.duckdb.DuckReader;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(180)
class ServerTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void a_connection_that_is_made_by_the_api_is_tested_and_synced_by_itself() throws SQLException {
        try (TestDatabase database = prepared(TestPostgres.latest().newDatabase()); ServerHarness server = new ServerHarness(home)) {
            Answer made = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString());
            assertThat(made.status()).isEqualTo(201);
            assertThat(made.data().path("setup_tests").valueStream().map(test -> test.path("status").asString())).doesNotContain("FAILED").contains("PASSED");
            assertThat(made.data().path("config").path("password").asString()).isEqualTo("******");
            String id = made.data().path("id").asString();
            awaitSuccess(server, id);
            assertThat(count("shop")).isEqualTo(10);
            ObjectNode status = (ObjectNode) server.get("/v1/connections/" + id).data().get("status");
            assertThat(status.path("setup_state").asString()).isEqualTo("connected");
            assertThat(status.path("sync_state").asString()).isEqualTo("scheduled");
            assertThat(status.path("is_historical_sync").asBoolean()).isFalse();
        }
    }

    @Test
    void what_a_server_knew_is_there_after_a_restart_and_its_connections_go_on() throws SQLException {
        try (TestDatabase database = prepared(TestPostgres.latest().newDatabase()); ServerHarness server = new ServerHarness(home)) {
            Answer made = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString());
            String id = made.data().path("id").asString();
            awaitSuccess(server, id);
            String before = server.get("/v1/connections/" + id).data().path("succeeded_at").asString();
            database.execute("INSERT INTO mills VALUES (11)");
            server.restart();
            assertThat(server.post("/v1/connections/" + id + "/sync", "").status()).isEqualTo(200);
            Eventually.within(LIMIT, () -> assertThat(server.get("/v1/connections/" + id).data().path("succeeded_at").asString()).isGreaterThan(before));
            assertThat(count("shop")).isEqualTo(11);
        }
    }

    @Test
    void a_second_server_in_the_same_folder_does_not_start() {
        try (ServerHarness _ = new ServerHarness(home)) {
            assertThatThrownBy(() -> new ServerHarness(home)).isInstanceOf(Fault.class).hasMessageContaining("Another server is at work");
        }
    }

    static TestDatabase prepared(TestDatabase database) {
        database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills SELECT i FROM generate_series(1, 10) AS i");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        return database;
    }

    static void awaitSuccess(ServerHarness server, String id) {
        Eventually.within(LIMIT, () -> {
            ObjectNode connection = server.get("/v1/connections/" + id).data();
            assertThat(connection.path("succeeded_at").isNull()).as(connection::toString).isFalse();
        });
    }

    private long count(String prefix) throws SQLException {
        try (DuckReader reader = DuckReader.openBesideWriters(home.resolve("destinations/shop.duckdb"), prefix, DuckSettings.defaults());
                Statement statement = reader.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + prefix + "_public.mills")) {
            row.next();
            return row.getLong(1);
        }
    }
}
