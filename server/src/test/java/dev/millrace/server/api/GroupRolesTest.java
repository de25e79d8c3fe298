package dev.millrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.member.ApiKey;
import dev.millrace.server.member.ApiKeys;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class GroupRolesTest {

    @TempDir
    Path home;

    @Test
    void who_has_a_role_in_one_group_sees_and_changes_nothing_of_another() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            String ours = server.group("ours");
            String theirs = server.group("theirs");
            String own = connection(server, ours, database);
            String foreign = connection(server, theirs, database);
            String account = server.post("/v1/webhooks/account", "{\"url\":\"http://127.0.0.1:1/\",\"events\":[\"sync_end\"],\"active\":false}").data().path("id").asString();
            String key = member(server, "ada@example.com", Role.EDITOR);
            assertThat(ids(server, "/v1/groups", key)).contains(ours, theirs);
            assertThat(server.post("/v1/groups/" + ours + "/users", "{\"email\":\"ada@example.com\",\"role\":\"Emperor\"}").status()).isEqualTo(400);
            server.post("/v1/groups/" + ours + "/users", "{\"email\":\"ada@example.com\",\"role\":\"Destination Administrator\"}");

            assertThat(ids(server, "/v1/groups", key)).containsExactly(ours);
            assertThat(ids(server, "/v1/destinations", key)).containsExactly(ours);
            assertThat(ids(server, "/v1/connections", key)).containsExactly(own);
            assertThat(ids(server, "/v1/webhooks", key)).isEmpty();
            for (String path : List.of(
                    "/v1/connections/" + foreign,
                    "/v2/connectors/" + foreign,
                    "/v1/connections/" + foreign + "/schemas",
                    "/v1/connections/" + foreign + "/certificates",
                    "/v1/metadata/connections/" + foreign + "/tables",
                    "/v1/groups/" + theirs,
                    "/v1/groups/" + theirs + "/connections",
                    "/v1/groups/" + theirs + "/users",
                    "/v1/destinations/" + theirs,
                    "/v1/webhooks/" + account)) {
                assertThat(server.call("GET", path, "", key).status()).as(path).isEqualTo(404);
            }
            assertThat(server.call("PATCH", "/v1/connections/" + foreign, "{\"paused\":true}", key).code()).isEqualTo("NotFound_Connection");
            assertThat(server.call("DELETE", "/v1/connections/" + foreign, "", key).status()).isEqualTo(404);
            assertThat(server.call("POST", "/v1/connections", body(theirs, database).toString(), key).code()).isEqualTo("NotFound_Group");
            assertThat(server.call("POST", "/v1/certificates", "{\"connection_id\":\"%s\",\"hash\":\"x\"}".formatted(foreign), key).status()).isEqualTo(404);
            assertThat(server.call("POST", "/v1/groups", "{\"name\":\"third\",\"group_id\":\"%s\"}".formatted(ours), key).status()).isEqualTo(403);
            assertThat(server.call("POST", "/v1/connections", body(theirs, database).put("connection_id", own).toString(), key).code()).isEqualTo("NotFound_Group");
            assertThat(server.call("PATCH", "/v1/connections/" + own, "{\"sync_frequency\":60}", key).status()).isEqualTo(200);
            assertThat(server.get("/v1/connections/" + foreign).status()).isEqualTo(200);
        }
    }

    @Test
    void in_a_group_somebody_may_do_what_both_of_their_roles_allow() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            String group = server.group("shop");
            String id = connection(server, group, database);
            String reviews = member(server, "ada@example.com", Role.EDITOR);
            server.post("/v1/groups/" + group + "/users", "{\"email\":\"ada@example.com\",\"role\":\"Destination Reviewer\"}");
            assertThat(server.call("GET", "/v1/connections/" + id, "", reviews).status()).isEqualTo(200);
            assertThat(server.call("PATCH", "/v1/connections/" + id, "{\"sync_frequency\":60}", reviews).code()).isEqualTo("Forbidden");
            String looks = member(server, "bob@example.com", Role.VIEWER);
            server.post("/v1/groups/" + group + "/users", "{\"email\":\"bob@example.com\",\"role\":\"Destination Administrator\"}");
            assertThat(server.call("PATCH", "/v1/connections/" + id, "{\"sync_frequency\":60}", looks).code()).isEqualTo("Forbidden");
            String administers = member(server, "eve@example.com", Role.ADMINISTRATOR);
            server.post("/v1/groups/" + server.group("other") + "/users", "{\"email\":\"eve@example.com\",\"role\":\"Destination Reviewer\"}");
            assertThat(server.call("PATCH", "/v1/connections/" + id, "{\"sync_frequency\":60}", administers).status()).isEqualTo(200);
        }
    }

    private static String member(ServerHarness server, String email, Role role) {
        String id = server.post(
                        "/v1/users", "{\"email\":\"%s\",\"given_name\":\"A\",\"family_name\":\"B\",\"role\":\"%s\"}".formatted(email, role.title()))
                .data()
                .path("id")
                .asString();
        ApiKeys.Fresh fresh = server.server().plane().keys().make(ApiKey.Kind.MEMBER, Optional.of(id), "k", Role.ADMINISTRATOR, Json.list(), Optional.empty(), "test");
        return fresh.key().id() + ":" + fresh.secret().reveal();
    }

    private static ObjectNode body(String group, TestDatabase database) {
        return ServerHarness.connection(group, database, "shop").put("paused", true).put("run_setup_tests", false);
    }

    private static String connection(ServerHarness server, String group, TestDatabase database) {
        return server.post("/v1/connections", body(group, database).toString()).data().path("id").asString();
    }

    private static List<String> ids(ServerHarness server, String path, String key) {
        return server.call("GET", path, "", key).data().path("items").valueStream().map(item -> item.path("id").asString()).toList();
    }
}
