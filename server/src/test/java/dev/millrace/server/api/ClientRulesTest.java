package dev.millrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the programs that speak with the reference product depend on.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class ClientRulesTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private ServerHarness server;
    private TestDatabase database;
    private String group;
    private String id;

    @BeforeEach
    void open() {
        database = TestPostgres.latest().newDatabase();
        database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        server = new ServerHarness(home);
        group = server.group("shop");
        id = server.post("/v1/connections", ServerHarness.connection(group, database, "shop").put("schedule_type", "manual").toString()).data().path("id").asString();
    }

    @AfterEach
    void close() {
        server.close();
        database.close();
    }

    @Test
    void paths_have_two_versions_two_names_and_slashes_at_the_end() {
        for (String path : new String[] {
            "/v1/connections/" + id, "/v1/connectors/" + id, "/v2/connectors/" + id, "/v1/connectors/" + id + "/", "/v1/groups/", "/v1/groups/" + group + "/connectors/",
            "/v1/groups/" + group + "/connections", "/v1/connectors/" + id + "/schemas", "/v1/metadata/connectors/" + id + "/tables", "/v1/users", "/v2/destinations/" + group
        }) {
            assertThat(server.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(server.post("/v2/connectors/" + id + "/sync", "{\"force\":false}").status()).isEqualTo(200);
        assertThat(server.post("/v1/connectors/" + id + "/resync", "{\"scope\":{\"public\":[\"mills\"]}}").status()).isEqualTo(200);
        Answer method = server.call("PATCH", "/v1/groups/" + group + "/connectors", "{}");
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.message()).contains("GET");
        assertThat(server.get("/v1/moon").code()).isEqualTo("NotFound");
    }

    @Test
    void bodies_may_be_empty_and_have_the_types_that_clients_send() throws IOException, InterruptedException {
        assertThat(raw("POST", "/v1/connectors/" + id + "/force", "", "application/json;version=2").statusCode()).isEqualTo(200);
        assertThat(raw("POST", "/v1/connectors/" + id + "/resync", "", "").statusCode()).isEqualTo(200);
        assertThat(raw("PATCH", "/v1/connectors/" + id, "{\"schedule_type\":\"manual\"}", "application/json;version=2").statusCode()).isEqualTo(200);
        assertThat(raw("GET", "/v1/connectors/" + id, "", "application/json;version=2").statusCode()).isEqualTo(200);
        assertThat(raw("POST", "/v1/connectors/" + id + "/test", "", "").statusCode()).isEqualTo(400);
        assertThat(raw("PATCH", "/v1/connectors/" + id, "paused=true", "application/x-www-form-urlencoded").statusCode()).isEqualTo(415);
    }

    @Test
    void numbers_and_flags_may_come_as_texts_and_nulls_count_as_nothing() {
        Answer changed = server.patch(
                "/v1/connections/" + id,
                "{\"sync_frequency\":\"60\",\"paused\":\"true\",\"data_delay_sensitivity\":null,\"data_delay_threshold\":null,\"config\":{\"port\":\"%d\"},\"run_setup_tests\":false}"
                        .formatted(database.port()));
        assertThat(changed.status()).as(changed::message).isEqualTo(200);
        assertThat(changed.data().path("sync_frequency").isInt()).isTrue();
        assertThat(changed.data().path("config").path("port").isInt()).isTrue();
        assertThat(changed.data().path("paused").asBoolean()).isTrue();
        assertThat(server.patch("/v1/connections/" + id, "{}").status()).isEqualTo(400);
    }

    @Test
    void removing_answers_with_a_body_and_lists_come_in_pages() {
        Answer removed = server.delete("/v1/connections/" + id);
        assertThat(removed.status()).isEqualTo(200);
        assertThat(removed.code()).isEqualTo("Success");
        for (int i = 0; i < 5; i++) {
            server.post("/v1/groups", "{\"name\":\"g%d\"}".formatted(i));
        }
        JsonNode first = server.get("/v1/groups?limit=4").data();
        assertThat(first.path("items")).hasSize(4);
        JsonNode rest = server.get("/v1/groups?limit=4&cursor=" + first.path("next_cursor").asString()).data();
        assertThat(rest.path("items")).hasSize(2);
        assertThat(rest.has("next_cursor")).isFalse();
        assertThat(server.get("/v1/groups?limit=0").status()).isEqualTo(400);
        assertThat(server.get("/v1/groups?cursor=nonsense").status()).isEqualTo(400);
    }

    @Test
    void who_polls_sees_the_moment_of_success_move_before_the_sync_state_does() {
        ObjectNode before = server.get("/v1/connections/" + id).data();
        assertThat(before.has("succeeded_at")).isTrue();
        assertThat(before.path("succeeded_at").isNull()).isTrue();
        assertThat(before.path("failed_at").isNull()).isTrue();
        String last = "";
        for (int round = 0; round < 3; round++) {
            assertThat(server.post("/v1/connections/" + id + "/sync", "").status()).isEqualTo(200);
            String seen = last;
            Eventually.within(LIMIT, () -> {
                ObjectNode now = server.get("/v1/connections/" + id).data();
                assertThat(now.path("succeeded_at").asString("")).isGreaterThan(seen);
                assertThat(now.at("/status/sync_state").asString()).isEqualTo("scheduled");
            });
            last = server.get("/v1/connections/" + id).data().path("succeeded_at").asString();
        }
    }

    @Test
    void a_name_with_a_slash_in_it_is_one_part_of_a_path() {
        database.execute("CREATE TABLE \"a/b %\" (id int PRIMARY KEY, \"c/d\" text)");
        server.post("/v1/connections/" + id + "/schemas/reload", "");
        String table = "/v1/connections/" + id + "/schemas/public/tables/a%2Fb%20%25";
        Answer columns = server.get(table + "/columns");
        assertThat(columns.status()).as(columns.http()::body).isEqualTo(200);
        assertThat(columns.data().path("columns").has("c/d")).isTrue();
        Answer changed = server.patch(table + "/columns/c%2Fd", "{\"hashed\":true}");
        assertThat(changed.status()).as(changed::message).isEqualTo(200);
        assertThat(server.get(table + "/columns").data().path("columns").path("c/d").path("hashed").asBoolean()).isTrue();
        assertThat(server.get("/v1/connections/" + id + "%2Fschemas").status()).isEqualTo(404);
    }

    @Test
    void the_columns_of_several_tables_are_asked_for_at_once_and_may_come_back_with_a_key_that_says_nothing() {
        database.execute("CREATE TABLE stones (id int PRIMARY KEY, note text)");
        server.post("/v1/connections/" + id + "/schemas/reload", "{\"exclude_mode\":\"PRESERVE\"}");
        String path = "/v1/connections/" + id + "/schemas/public/fetch-source-columns";
        ObjectNode tables = (ObjectNode) server.post(path, "{\"tables\":[\"mills\",\"stones\"]}").data().path("tables");
        assertThat(tables.at("/mills/columns/id/is_primary_key").asBoolean()).isTrue();
        assertThat(tables.at("/stones/columns/note/enabled").asBoolean()).isTrue();
        assertThat(server.post(path, "{\"tables\":[\"moon\"]}").code()).isEqualTo("NotFound_Table");
        assertThat(server.post(path, "{\"tables\":[]}").status()).isEqualTo(400);
        Answer changed = server.patch(
                "/v1/connections/" + id + "/schemas",
                "{\"schemas\":{\"public\":{\"tables\":{\"stones\":{\"columns\":{\"note\":{\"hashed\":true,\"is_primary_key\":null}}}}}}}");
        assertThat(changed.status()).as(changed::message).isEqualTo(200);
        assertThat(changed.data().at("/schemas/public/tables/stones/columns/note/hashed").asBoolean()).isTrue();
    }

    @Test
    void a_schedule_may_come_as_an_object() {
        String path = "/v1/connections/" + id;
        ObjectNode interval = server.patch(path, "{\"schedule\":{\"schedule_type\":\"interval\",\"interval\":30}}").data();
        assertThat(interval.path("sync_frequency").asInt()).isEqualTo(30);
        assertThat(interval.path("schedule_type").asString()).isEqualTo("auto");
        ObjectNode daily = server.patch(path, "{\"schedule\":{\"time_of_day\":\"14:00\"}}").data();
        assertThat(daily.path("sync_frequency").asInt()).isEqualTo(1440);
        assertThat(daily.path("daily_sync_time").asString()).isEqualTo("14:00");
        assertThat(server.patch(path, "{\"schedule\":{\"schedule_type\":\"manual\"}}").data().path("schedule_type").asString()).isEqualTo("manual");
        assertThat(server.patch(path, "{\"schedule\":{\"schedule_type\":\"cron\",\"cron\":\"0 * * * *\"}}").message()).contains("schedule.interval");
        assertThat(server.patch(path, "{\"schedule\":{\"time_of_day\":\"14:00\",\"days_of_week\":[\"MONDAY\"]}}").status()).isEqualTo(400);
    }

    @Test
    void what_is_not_there_says_what_to_do_instead() {
        for (String path : new String[] {"/v1/teams", "/v1/teams/x/users", "/v1/external-logging/account", "/v1/connectors/" + id + "/connect-card", "/v1/transformations", "/v1/private-links"}) {
            Answer answer = server.get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("NotFound");
            assertThat(answer.message()).as(path).startsWith("There ").doesNotContain("There is nothing at");
        }
    }

    @Test
    void an_agent_that_is_not_there_is_named_and_nothing_is_changed() {
        Answer changed = server.patch("/v1/connections/" + id, "{\"proxy_agent_id\":\"nobody\",\"run_setup_tests\":false}");
        assertThat(changed.code()).isEqualTo("NotFound_Proxy");
        assertThat(changed.message()).contains("nobody");
        assertThat(server.get("/v1/connections/" + id).data().path("proxy_agent_id").asString("")).isEmpty();
        ObjectNode other = ServerHarness.connection(group, database, "other").put("proxy_agent_id", "nobody");
        assertThat(server.post("/v1/connections", other.toString()).code()).isEqualTo("NotFound_Proxy");
        assertThat(server.get("/v1/connections").data().path("items")).hasSize(1);
    }

    @Test
    void the_type_of_a_column_at_the_destination_is_told_once_it_is_there() {
        String columns = "/v1/metadata/connectors/" + id + "/columns";
        assertThat(server.get(columns).data().path("items").get(0).path("type_in_destination").isNull()).isTrue();
        server.post("/v1/connections/" + id + "/sync", "");
        Eventually.within(LIMIT, () -> assertThat(server.get(columns).data().path("items").get(0).path("type_in_destination").asString("")).isEqualTo("INTEGER"));
    }

    private HttpResponse<String> raw(String method, String path, String body, String type) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.server().port() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Accept", "*/*")
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString("key:a-secret-for-tests-only".getBytes(StandardCharsets.UTF_8)));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }
}
