package dev.millrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
class AccountTest {

    @TempDir
    Path home;

    private ServerHarness server;

    @BeforeEach
    void open() {
        server = new ServerHarness(home);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void the_account_has_an_id_that_stays_and_names_the_key_that_asks() {
        ObjectNode info = server.get("/v1/account/info").data();
        assertThat(info.path("account_id").asString()).isNotBlank();
        assertThat(info.path("system_key_id").asString()).isEqualTo("key");
        server.restart();
        assertThat(server.get("/v1/account/info").data()).isEqualTo(info);
        assertThat(server.get("/v1/roles").data().path("items").valueStream().map(role -> role.path("name").asString()))
                .containsExactly("Account Reviewer", "Account Analyst", "Account Administrator");
    }

    @Test
    void users_are_invited_changed_put_into_groups_and_removed() {
        String group = server.group("shop");
        Answer made = server.post("/v1/users", "{\"email\":\"ada@example.com\",\"given_name\":\"Ada\",\"family_name\":\"L\",\"role\":\"Account Administrator\"}");
        assertThat(made.status()).as(made::message).isEqualTo(201);
        String ada = "/v1/users/" + made.data().path("id").asString();
        assertThat(server.patch(ada, "{\"role\":\"Account Reviewer\"}").message()).contains("last active administrator");
        assertThat(server.delete(ada).status()).isEqualTo(409);
        assertThat(server.post("/v1/users", "{\"email\":\"ada@example.com\",\"given_name\":\"A\",\"family_name\":\"B\"}").status()).isEqualTo(409);
        assertThat(server.post("/v1/users", "{\"email\":\"<script>@x\",\"given_name\":\"A\",\"family_name\":\"B\"}").status()).isEqualTo(400);
        assertThat(server.post("/v1/users", "{\"email\":\"bob@example.com\",\"given_name\":\"B\",\"family_name\":\"B\",\"role\":\"King\"}").status()).isEqualTo(400);
        assertThat(server.post("/v1/users", "{\"email\":\"bob@example.com\",\"given_name\":\"B\",\"family_name\":\"B\",\"password\":\"short\"}").status()).isEqualTo(400);
        String bob = server.post("/v1/users", "{\"email\":\"bob@example.com\",\"given_name\":\"B\",\"family_name\":\"B\",\"role\":\"Account Administrator\",\"password\":\"long enough, this\"}")
                .data().path("id").asString();
        assertThat(server.server().plane().members().logIn("bob@example.com", Secret.of("long enough, this"))).isPresent();
        assertThat(server.patch(ada, "{\"given_name\":\"Augusta\",\"active\":false}").data().path("given_name").asString()).isEqualTo("Augusta");
        assertThat(server.get("/v1/users?active=true").data().path("items")).hasSize(1);
        assertThat(server.post("/v1/groups/" + group + "/users", "{\"email\":\"bob@example.com\",\"role\":\"Destination Administrator\"}").status()).isEqualTo(200);
        assertThat(server.get("/v1/groups/" + group + "/users").data().path("items")).hasSize(1);
        assertThat(server.delete("/v1/groups/" + group + "/users/" + bob).status()).isEqualTo(200);
        assertThat(server.delete("/v1/groups/" + group + "/users/" + bob).status()).isEqualTo(404);
        assertThat(server.delete(ada).status()).isEqualTo(200);
        assertThat(server.get(ada).status()).isEqualTo(404);
    }

    @Test
    void a_system_key_may_what_its_permissions_say_and_shows_its_secret_once() {
        Answer viewer = key("[{\"resource_type\":\"CONNECTOR\",\"access_level\":\"READ\"}]");
        assertThat(viewer.status()).as(viewer::message).isEqualTo(201);
        String login = viewer.data().path("key").asString() + ":" + viewer.data().path("secret").asString();
        String path = "/v1/system-keys/" + viewer.data().path("id").asString();
        assertThat(server.call("GET", "/v1/groups", "", login).status()).isEqualTo(200);
        assertThat(server.call("POST", "/v1/groups", "{\"name\":\"g\"}", login).status()).isEqualTo(403);
        assertThat(server.call("GET", "/v1/system-keys", "", login).status()).isEqualTo(403);
        assertThat(server.get(path).data().has("secret")).isFalse();
        assertThat(server.get("/v1/system-keys").body().toString()).doesNotContain(viewer.data().path("secret").asString());
        assertThat(server.patch(path, "{\"name\":\"robot\",\"permissions\":[{\"resource_type\":\"CONNECTOR\",\"access_level\":\"MANAGE\"}]}").status()).isEqualTo(200);
        assertThat(server.call("POST", "/v1/groups", "{\"name\":\"g\"}", login).status()).isEqualTo(201);
        assertThat(server.call("POST", "/v1/system-keys", "{\"name\":\"n\"}", login).status()).isEqualTo(403);
        String fresh = server.post(path + "/rotate", "{\"expiration_period\":\"ONE_WEEK\"}").data().path("secret").asString();
        assertThat(server.call("GET", "/v1/groups", "", login).status()).isEqualTo(401);
        assertThat(server.call("GET", "/v1/groups", "", viewer.data().path("key").asString() + ":" + fresh).status()).isEqualTo(200);
        assertThat(server.get(path).data().has("expired_at")).isTrue();
        assertThat(server.delete(path).status()).isEqualTo(200);
        assertThat(server.get(path).code()).isEqualTo("NotFound_SystemKey");
        assertThat(key("[{\"resource_type\":\"ACCOUNT\",\"access_level\":\"MANAGE\"}]").status()).isEqualTo(201);
        assertThat(key("[{\"resource_type\":\"CONNECTOR\",\"access_level\":\"READ\",\"resource_filter\":{\"ids\":[\"a\"]}}]").message()).contains("Leave it out");
        assertThat(key("[{\"resource_type\":\"CONNECTOR\",\"access_level\":\"NONE\"}]").message()).contains("permit nothing");
        assertThat(key("[{\"resource_type\":\"MOON\",\"access_level\":\"READ\"}]").status()).isEqualTo(400);
        assertThat(key("[]").status()).isEqualTo(400);
        assertThat(key("[7]").status()).isEqualTo(400);
    }

    private Answer key(String permissions) {
        return server.post("/v1/system-keys", "{\"name\":\"robot\",\"expiration_period\":\"INFINITE\",\"permissions\":" + permissions + "}");
    }

    @Test
    void connector_types_describe_what_a_form_asks_for() {
        JsonNode types = server.get("/v1/metadata/connector-types").data().path("items");
        assertThat(types.valueStream().map(type -> type.path("id").asString())).contains("aurora_postgres");
        JsonNode config = server.get("/v1/metadata/connector-types/aurora_postgres").data().path("config");
        assertThat(config.path("properties").path("password").path("writeOnly").asBoolean()).isTrue();
        assertThat(config.path("properties").path("update_method").path("enum").valueStream().map(JsonNode::asString)).contains("WAL_PGOUTPUT");
        assertThat(Json.texts(config.path("required"))).contains("host");
        assertThat(server.get("/v1/metadata/connector-types/oracle").status()).isEqualTo(404);
    }

    @Test
    void what_is_copied_is_listed_with_its_names_here_and_there() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute("CREATE TABLE \"OrderItems\" (id int PRIMARY KEY, \"unitPrice\" numeric)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            ObjectNode body = ServerHarness.connection(server.group("shop"), database, "shop").put("paused", true).put("destination_schema_names", "FIVETRAN_NAMING");
            String id = server.post("/v1/connections", body.toString()).data().path("id").asString();
            JsonNode tables = server.get("/v1/metadata/connectors/" + id + "/tables").data().path("items");
            assertThat(tables.valueStream().map(table -> table.path("name_in_destination").asString())).containsExactly("order_items");
            JsonNode columns = server.get("/v1/metadata/connectors/" + id + "/columns").data().path("items");
            assertThat(columns.valueStream().map(column -> column.path("name_in_destination").asString())).containsExactly("id", "unit_price");
            assertThat(columns.get(1).path("parent_id")).isEqualTo(tables.get(0).path("id"));
            assertThat(server.get("/v1/metadata/connectors/" + id + "/schemas").data().path("items").get(0).path("name_in_destination").asString()).isEqualTo("shop_public");
        }
    }

    @Test
    void proxy_agents_are_made_listed_renewed_and_removed() throws IOException {
        server.close();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        server = new ServerHarness(home.resolve("listening"), new Address("127.0.0.1", port));
        Answer made = server.post("/v1/proxy", "{\"display_name\":\"cellar\",\"group_region\":\"GCP_US_EAST4\"}");
        assertThat(made.status()).as(made::message).isEqualTo(201);
        assertThat(made.data().path("orchestrator_port").asInt()).isEqualTo(port);
        assertThat(made.data().path("configuration").asString()).contains("gateway: \"127.0.0.1:" + port).contains(made.data().path("auth_token").asString());
        String path = "/v1/proxy/" + made.data().path("agent_id").asString();
        assertThat(server.get(path).data().path("status").asString()).isEqualTo("NOT_CONNECTED");
        assertThat(server.get("/v1/proxy").body().toString()).doesNotContain(made.data().path("auth_token").asString());
        assertThat(server.get(path + "/connections").data().path("items")).isEmpty();
        assertThat(server.post("/v1/proxy", "{\"display_name\":\"cellar\"}").status()).isEqualTo(409);
        assertThat(server.post(path + "/regenerate-secrets", "").data().path("auth_token")).isNotEqualTo(made.data().path("auth_token"));
        assertThat(server.delete(path).status()).isEqualTo(200);
        assertThat(server.get(path).status()).isEqualTo(404);
    }

    @Test
    void agents_cannot_be_made_where_they_have_nowhere_to_dial() {
        Answer refused = server.post("/v1/proxy", "{\"display_name\":\"cellar\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message()).contains("--agents-listen");
    }
}
