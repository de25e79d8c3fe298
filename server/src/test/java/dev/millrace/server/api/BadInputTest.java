package dev.millrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.server.member.ApiKey;
import dev.millrace.server.member.ApiKeys;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What careless and hostile programs send.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class BadInputTest {

    private static final String PASSWORD = "the-one-password-that-is-nowhere";
    private static final String HOSTILE = "'; DROP TABLE connection; --<script>alert(1)</script>";

    @TempDir
    Path home;

    private ServerHarness server;
    private final List<String> answers = new ArrayList<>();

    @BeforeEach
    void open() {
        server = new ServerHarness(home);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void what_is_no_json_or_another_kind_of_it_is_refused() {
        for (String body : List.of("{", "null", "[]", "7", "\"text\"", "{\"name\":", "{\"name\":\"a\"} more", "\0", "{\"name\":{}}", "{\"name\":[]}", "{\"name\":\" \"}", "{}",
                "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000), "[".repeat(100_000))) {
            Answer refused = server.post("/v1/groups", body);
            assertThat(refused.status()).as(body.substring(0, Math.min(40, body.length()))).isEqualTo(400);
            requirePlain(refused);
        }
        assertThat(server.get("/v1/groups").data().path("items")).isEmpty();
    }

    @Test
    void every_field_of_another_type_is_refused_or_read_as_what_it_says() {
        String group = server.group("shop");
        ObjectNode good = connection(group);
        for (String field : List.of("group_id", "service", "config", "paused", "sync_frequency", "daily_sync_time", "schedule_type", "data_delay_sensitivity", "data_delay_threshold",
                "destination_schema_names", "networking_method", "proxy_agent_id", "trust_certificates", "run_setup_tests", "millrace")) {
            for (String value : List.of("[1]", "{\"a\":{\"b\":[]}}", "1e400", "-1", "\"" + HOSTILE + "\"", "99999999999999999999", "\"\\u0000\"")) {
                ObjectNode body = good.deepCopy();
                body.set(field, Json.parse(value));
                Answer answer = server.post("/v1/connections", body.toString());
                assertThat(answer.status()).as(field + " " + value + " " + answer.body()).isIn(201, 400, 404);
                requirePlain(answer);
                if (answer.status() == 201) {
                    assertThat(server.delete("/v1/connections/" + answer.data().path("id").asString()).status()).isEqualTo(200);
                }
            }
        }
        for (String field : List.of("host", "port", "user", "database", "update_method", "replication_slot", "publication_name", "connection_type", "auth_method", "always_encrypted", "schema_prefix", "unheard_of")) {
            for (String value : List.of("[1]", "{}", "-1", "\"" + HOSTILE + "\"", "99999999999999999999", "\"${env:HOME}\"", "\"a\\nb: c\"")) {
                ObjectNode body = good.deepCopy();
                body.withObjectProperty("config").set(field, Json.parse(value));
                Answer answer = server.post("/v1/connections", body.toString());
                assertThat(answer.status()).as(field + " " + value + " " + answer.body()).isIn(201, 400);
                requirePlain(answer);
                if (answer.status() == 201) {
                    assertThat(server.delete("/v1/connections/" + answer.data().path("id").asString()).status()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void hostile_texts_are_kept_and_shown_as_they_are_and_do_nothing() {
        String group = server.post("/v1/groups", Json.object().put("name", HOSTILE).toString()).data().path("id").asString();
        Answer shown = server.get("/v1/groups/" + group);
        assertThat(shown.data().path("name").asString()).isEqualTo(HOSTILE);
        assertThat(shown.http().headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(shown.http().headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(server.get("/v1/connections?group_id=" + URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8)).data().path("items")).isEmpty();
        assertThat(server.get("/v1/connections/" + URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8).replace("+", "%20")).status()).isEqualTo(404);
        assertThat(server.get("/v1/connections").status()).isEqualTo(200);
    }

    @Test
    void ids_that_nothing_has_are_not_found() {
        for (String path : List.of("/v1/groups/none", "/v1/destinations/none", "/v1/connections/none", "/v1/connections/none/schemas", "/v1/connections/none/certificates", "/v1/users/none",
                "/v1/system-keys/none", "/v1/webhooks/none", "/v1/proxy/none", "/v1/proxy/..%2e%2e", "/v1/metadata/connector-types/none", "/v1/groups/none/users")) {
            Answer missing = server.get(path);
            assertThat(missing.status()).as(path).isEqualTo(404);
            assertThat(missing.code()).as(path).startsWith("NotFound");
            requirePlain(missing);
        }
    }

    @Test
    void bodies_that_are_too_large_are_refused_and_the_server_goes_on() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.server().port())) {
            String head = "POST /v1/groups HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n"
                    .formatted(Base64.getEncoder().encodeToString("key:a-secret-for-tests-only".getBytes(StandardCharsets.UTF_8)));
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            byte[] first = socket.getInputStream().readNBytes("HTTP/1.1 413".length());
            assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 413");
        }
        assertThat(server.get("/v1/groups").status()).isEqualTo(200);
    }

    @Test
    void paths_lead_nowhere_else() throws IOException {
        for (String path : List.of("/v1/../v1/groups", "/v1/..%2f..%2fetc/passwd", "/v1//groups", "/v1/groups/..", "/v1/%2e%2e/groups", "/v1/groups;a=b", "/v1/groups%00", "/v1/groups/%", "//v1/groups", "/%76%31/groups")) {
            try (Socket socket = new Socket("127.0.0.1", server.server().port())) {
                socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).as(path).matches("(?s)HTTP/1.1 (400|401|404|302) .*").doesNotContain("root:").doesNotContain("\tat ");
            }
        }
    }

    @Test
    void who_shows_no_key_or_a_wrong_or_old_one_is_not_let_in() {
        ApiKeys keys = server.server().plane().keys();
        ApiKeys.Fresh old = keys.make(ApiKey.Kind.SYSTEM, Optional.empty(), "old", Role.ADMINISTRATOR, Json.list(), Optional.of(Instant.EPOCH), "test");
        for (String key : List.of("", "key:wrong", "key:", ":", "nobody:a-secret-for-tests-only", HOSTILE + ":x", old.key().id() + ":" + old.secret().reveal())) {
            for (String path : List.of("/v1/groups", "/v1/nowhere", "/v1/account/info")) {
                Answer refused = server.call("GET", path, "", key);
                assertThat(refused.status()).as(key + path).isEqualTo(401);
                assertThat(refused.code()).isEqualTo("AuthFailed");
            }
        }
        assertThat(server.call("GET", "/v1/openapi.json", "", "").status()).isEqualTo(200);
    }

    @Test
    void who_may_only_look_changes_nothing() {
        ApiKeys.Fresh viewer = server.server().plane().keys().make(ApiKey.Kind.SYSTEM, Optional.empty(), "viewer", Role.VIEWER, Json.list(), Optional.empty(), "test");
        String login = viewer.key().id() + ":" + viewer.secret().reveal();
        server.call("GET", "/v1/openapi.json", "", "").body().path("paths").properties().forEach(path -> path.getValue().propertyNames().forEach(method -> {
            Answer answer = server.call(method.toUpperCase(Locale.ROOT), "/v1" + path.getKey().replaceAll("\\{[^}]+}", "x"), method.equals("get") ? "" : "{}", login);
            if (!method.equals("get")) {
                assertThat(answer.status()).as(method + path.getKey()).isEqualTo(403);
                assertThat(answer.message()).contains("needs the role");
            } else {
                assertThat(answer.status()).as(method + path.getKey()).isIn(200, 403, 404);
            }
        }));
    }

    @Test
    void too_many_calls_are_refused_with_the_time_to_wait() {
        server.close();
        server = new ServerHarness(home.resolve("limited"), 3);
        for (int i = 0; i < 3; i++) {
            assertThat(server.get("/v1/groups").status()).isEqualTo(200);
        }
        Answer refused = server.get("/v1/groups");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.http().headers().firstValue("Retry-After").orElse(""))).isBetween(1, 3_600);
        requirePlain(refused);
    }

    @Test
    void a_password_is_in_no_answer_and_nowhere_in_the_servers_folder() throws IOException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            String group = server.group("shop");
            ObjectNode body = ServerHarness.connection(group, database, "shop");
            body.withObjectProperty("config").put("password", PASSWORD).put("user", "nobody_of_this_name");
            Answer made = heard(server.post("/v1/connections", body.toString()));
            String path = "/v1/connections/" + made.data().path("id").asString();
            heard(server.patch(path, "{\"config\":{\"password\":\"" + PASSWORD + "\"}}"));
            heard(server.patch(path, "{\"config\":{\"password\":\"" + PASSWORD + "\",\"port\":\"no\"}}"));
            heard(server.patch(path, "{\"config\":{\"passwort\":\"" + PASSWORD + "\"}}"));
            heard(server.post("/v1/connections", body.deepCopy().put("group_id", "none").toString()));
            heard(server.post("/v1/connections", body.toString()));
            heard(server.post(path + "/test", "{}"));
            heard(server.get(path));
            heard(server.get(path + "/schemas"));
            heard(server.post(path + "/sync", ""));
            heard(server.get("/v1/connections"));
            heard(server.post("/v1/users", "{\"email\":\"a@example.com\",\"given_name\":\"A\",\"family_name\":\"B\",\"password\":\"" + PASSWORD + "\"}"));
            heard(server.post("/v1/webhooks/account", "{\"url\":\"https://example.com/\",\"events\":[\"sync_end\"],\"active\":false,\"secret\":\"" + PASSWORD + "\"}"));
            assertThat(server.server().plane().audit().last(100).toString()).doesNotContain(PASSWORD);
            assertThat(answers).allSatisfy(answer -> assertThat(answer).doesNotContain(PASSWORD));
        }
        assertThat(Secret.of(PASSWORD).toString()).doesNotContain(PASSWORD);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).as(file.toString()).doesNotContain(PASSWORD);
            }
        }
    }

    private Answer heard(Answer answer) {
        answers.add(answer.body().toString());
        requirePlain(answer);
        return answer;
    }

    /// No answer tells how the server is made.
    private static void requirePlain(Answer answer) {
        assertThat(answer.http().body()).doesNotContain("\\tat ").doesNotContain("dev.millrace").doesNotContain("java.lang").doesNotContain("InternalError");
        assertThat(answer.code()).isNotBlank();
    }

    private static ObjectNode connection(String group) {
        ObjectNode body = Json.object().put("group_id", group).put("service", "aurora_postgres").put("paused", true).put("run_setup_tests", false);
        body.putObject("config").put("schema_prefix", "shop").put("host", "127.0.0.1").put("port", 1).put("database", "d").put("user", "u").put("password", "p")
                .put("update_method", "WAL_PGOUTPUT").put("replication_slot", "s").put("publication_name", "p");
        return body;
    }
}
