package dev.millrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.millrace.core.route.Address;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.tls.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls every operation that there is, and holds each answer against our own definition and, where the reference product has the operation, against what it
/// answers: `reference.json`, which has the shapes of its public definition and nothing else.
@SuppressWarnings("NullAway.Init")
@Timeout(180)
class ContractTest {

    /// Where we differ from the definition on purpose: its clients, or its live service, do too. Operation, place, keyword.
    private static final List<String> KNOWN_DIFFERENCES = List.of(
            // Clients index these two, so they are there before the first run.
            ".*connections.* /data/(items/0/)?(succeeded_at|failed_at) type",
            // The definition has texts in an enumeration of numbers.
            ".*connections.* /data/(items/0/)?sync_frequency enum",
            // The definition has an object in a place where its clients have a text.
            ".*connections.* /data/(items/0/)?config/update_method type",
            // Nobody has logged in yet, and the definition asks for the field.
            ".*users.* /data/(items/\\d/)?logged_in_at type",
            // The live service answers these approvals with 201, and its client insists on that.
            "POST /v1/(connections|destinations)/\\{}/certificates status",
            // The definition leaves the envelope out here, and nowhere else.
            "POST /v1/(connections|destinations)/\\{}/fingerprints  required");

    @TempDir
    Path home;

    private ServerHarness server;
    private ObjectNode reference;
    private ObjectNode own;
    private final Set<String> called = new TreeSet<>();
    private final List<String> differences = new ArrayList<>();

    @Test
    void every_operation_answers_as_its_definitions_say() throws IOException, GeneralSecurityException {
        try (InputStream resource = ContractTest.class.getResourceAsStream("reference.json")) {
            reference = Json.parseObject(new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8));
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness started = new ServerHarness(home, new Address("127.0.0.1", port))) {
            server = started;
            Answer document = server.call("GET", "/v1/openapi.json", "", "");
            assertThat(document.status()).isEqualTo(200);
            own = document.body();
            database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text, \"<b>\" text)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String group = groups();
            String connection = connections(group, database);
            schemas(connection);
            for (String owner : List.of("/connections/{id} " + connection, "/destinations/{id} " + group)) {
                trust(owner.split(" ")[0], owner.split(" ")[1]);
            }
            accounts(group);
            webhooks(group);
            proxies();
            metadata(connection);
            calls("DELETE", "/connections/{id}", connection, "");
            calls("DELETE", "/destinations/{id}", group, "");
            calls("DELETE", "/groups/{id}", group, "");
        }
        assertThat(differences).isEmpty();
        Set<String> served = new TreeSet<>();
        own.path("paths").properties().forEach(path -> path.getValue().propertyNames().forEach(method -> served.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(called).containsExactlyElementsOf(served);
    }

    private String groups() {
        String group = calls("POST", "/groups", "", "{\"name\":\"shop\"}").data().path("id").asString();
        calls("GET", "/groups", "", "");
        calls("GET", "/groups/{id}", group, "");
        calls("PATCH", "/groups/{id}", group, "{\"name\":\"shop2\"}");
        calls("GET", "/groups/{id}/public-key", group, "");
        calls("POST", "/destinations", "", Json.object().put("group_id", group).put("service", "duckdb").put("region", "GCP_US_EAST4").put("time_zone_offset", "0").toString());
        calls("GET", "/destinations", "", "");
        calls("GET", "/destinations/{id}", group, "");
        calls("PATCH", "/destinations/{id}", group, "{\"time_zone_offset\":\"+1\"}");
        calls("POST", "/destinations/{id}/test", group, "{}");
        return group;
    }

    private String connections(String group, TestDatabase database) {
        String connection = calls("POST", "/connections", "", ServerHarness.connection(group, database, "shop").put("paused", true).toString()).data().path("id").asString();
        calls("GET", "/connections", "", "");
        calls("GET", "/groups/{id}/connections", group, "");
        calls("POST", "/connections/{id}/test", connection, "{}");
        calls("PATCH", "/connections/{id}", connection, "{\"paused\":false}");
        calls("POST", "/connections/{id}/sync", connection, "{\"force\":false}");
        Eventually.within(Duration.ofSeconds(60), () -> assertThat(server.get("/v1/connections/" + connection).data().path("succeeded_at").isNull()).isFalse());
        calls("POST", "/connections/{id}/force", connection, "");
        calls("GET", "/connections/{id}", connection, "");
        calls("GET", "/connections/{id}/state", connection, "");
        return connection;
    }

    private void schemas(String connection) {
        calls("GET", "/connections/{id}/schemas", connection, "");
        calls("POST", "/connections/{id}/schemas", connection, "{\"schemas\":{\"public\":{\"enabled\":true}}}");
        calls("PATCH", "/connections/{id}/schemas", connection, "{\"schema_change_handling\":\"ALLOW_COLUMNS\"}");
        calls("POST", "/connections/{id}/schemas/reload", connection, "{\"exclude_mode\":\"PRESERVE\"}");
        calls("PATCH", "/connections/{id}/schemas/{schema}", connection + " public", "{\"enabled\":true}");
        calls("PATCH", "/connections/{id}/schemas/{schema}/tables/{table}", connection + " public mills", "{\"enabled\":true,\"sync_mode\":\"HISTORY\"}");
        calls("GET", "/connections/{id}/schemas/{schema}/tables/{table}/columns", connection + " public mills", "");
        calls("POST", "/connections/{id}/schemas/{schema}/fetch-source-columns", connection + " public", "{\"tables\":[\"mills\"]}");
        String column = "/connections/{id}/schemas/{schema}/tables/{table}/columns/{column}";
        calls("PATCH", column, connection + " public mills note", "{\"enabled\":false}");
        calls("POST", "/connections/{id}/resync", connection, "{\"scope\":{\"public\":[\"mills\"]}}");
        calls("POST", "/connections/{id}/schemas/tables/resync", connection, "{\"public\":[\"mills\"]}");
        calls("POST", "/connections/{id}/schemas/{schema}/tables/{table}/resync", connection + " public mills", "");
        Eventually.within(Duration.ofSeconds(60), () -> assertThat(server.delete("/v1" + filled(column, connection + " public mills note")).status()).isEqualTo(200));
        calls("DELETE", column, connection + " public mills note", "");
        calls("POST", "/connections/{id}/schemas/drop-columns", connection, "{\"schemas\":{\"public\":{\"tables\":{\"mills\":{\"columns\":[\"note\"]}}}}}");
    }

    private void trust(String path, String id) throws GeneralSecurityException {
        byte[] der = TestAuthority.root("Root").server("db.example.com").chain().getFirst().getEncoded();
        String certificate = Json.object().put("hash", sha256(der)).put("encoded_cert", Base64.getEncoder().encodeToString(der)).toString();
        String approved = calls("POST", path + "/certificates", id, certificate).data().path("id").asString();
        calls("GET", path + "/certificates", id, "");
        calls("GET", path + "/certificates/{hash}", id + " " + approved, "");
        calls("DELETE", path + "/certificates/{hash}", id + " " + approved, "");
        byte[] key = "some key".getBytes(StandardCharsets.UTF_8);
        String hostKey = Json.object().put("hash", sha256(key)).put("public_key", "ssh-ed25519 " + Base64.getEncoder().encodeToString(key)).toString();
        approved = calls("POST", path + "/fingerprints", id, hostKey).data().path("id").asString();
        calls("GET", path + "/fingerprints", id, "");
        calls("GET", path + "/fingerprints/{hash}", id + " " + approved, "");
        calls("DELETE", path + "/fingerprints/{hash}", id + " " + approved, "");
        String owner = path.startsWith("/connections") ? "connection_id" : "destination_id";
        calls("POST", "/certificates", "", Json.parseObject(certificate).put(owner, id).toString());
        calls("POST", "/fingerprints", "", Json.parseObject(hostKey).put(owner, id).toString());
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private void accounts(String group) {
        calls("GET", "/account/info", "", "");
        calls("GET", "/roles", "", "");
        String user = calls("POST", "/users", "", "{\"email\":\"ada@example.com\",\"given_name\":\"Ada\",\"family_name\":\"L\"}").data().path("id").asString();
        calls("GET", "/users", "", "");
        calls("GET", "/users/{id}", user, "");
        calls("PATCH", "/users/{id}", user, "{\"family_name\":\"Lovelace\"}");
        calls("POST", "/groups/{id}/users", group, "{\"email\":\"ada@example.com\"}");
        calls("GET", "/groups/{id}/users", group, "");
        calls("DELETE", "/groups/{id}/users/{user}", group + " " + user, "");
        calls("DELETE", "/users/{id}", user, "");
        String permissions = "\"permissions\":[{\"resource_type\":\"CONNECTOR\",\"access_level\":\"READ\"}]";
        String key = calls("POST", "/system-keys", "", "{\"name\":\"robot\",\"expiration_period\":\"SIX_MONTHS\"," + permissions + "}").data().path("id").asString();
        calls("GET", "/system-keys", "", "");
        calls("GET", "/system-keys/{id}", key, "");
        calls("PATCH", "/system-keys/{id}", key, "{\"name\":\"other\"}");
        calls("POST", "/system-keys/{id}/rotate", key, "{\"expiration_period\":\"ONE_WEEK\"}");
        calls("DELETE", "/system-keys/{id}", key, "");
    }

    private void webhooks(String group) {
        String body = "{\"url\":\"https://example.com/hook\",\"events\":[\"sync_end\"],\"active\":false,\"secret\":\"s\"}";
        String hook = calls("POST", "/webhooks/account", "", body).data().path("id").asString();
        calls("POST", "/webhooks/group/{group}", group, body);
        calls("GET", "/webhooks", "", "");
        calls("GET", "/webhooks/{id}", hook, "");
        calls("PATCH", "/webhooks/{id}", hook, "{\"url\":\"http://127.0.0.1:1/hook\",\"active\":false}");
        calls("POST", "/webhooks/{id}/test", hook, "{\"event\":\"sync_end\"}");
        calls("DELETE", "/webhooks/{id}", hook, "");
    }

    private void proxies() {
        String agent = calls("POST", "/proxy", "", "{\"display_name\":\"cellar\"}").data().path("agent_id").asString();
        calls("GET", "/proxy", "", "");
        calls("GET", "/proxy/{id}", agent, "");
        calls("GET", "/proxy/{id}/connections", agent, "");
        calls("POST", "/proxy/{id}/regenerate-secrets", agent, "");
        calls("DELETE", "/proxy/{id}", agent, "");
    }

    private void metadata(String connection) {
        calls("GET", "/metadata/connector-types", "", "");
        calls("GET", "/metadata/connector-types/{service}", "aurora_postgres", "");
        calls("GET", "/metadata/connections", "", "");
        for (String kind : List.of("schemas", "tables", "columns")) {
            calls("GET", "/metadata/connections/{id}/" + kind, connection, "");
        }
    }

    /// Calls an operation, and notes where its answer differs from the definitions.
    ///
    /// @param parameters of the path, in order, with spaces between
    private Answer calls(String method, String path, String parameters, String body) {
        called.add(method + " " + path);
        Answer answer = server.call(method, "/v1" + filled(path, parameters), body);
        assertThat(answer.status()).as(() -> method + " " + path + " " + answer.body()).isBetween(200, 201);
        String operation = method + " /v1" + path.replaceAll("\\{[^}]+}", "{}");
        ObjectNode ours = (ObjectNode) own.path("paths").path(path).path(method.toLowerCase(Locale.ROOT));
        compare("ours: " + operation, answer, (ObjectNode) ours.path("responses").path(Integer.toString(answer.status())).path("content").path("application/json").path("schema"), "components", own.path("components"));
        if (reference.path("operations").path(operation) instanceof ObjectNode theirs) {
            if (theirs.path("status").asInt() != answer.status()) {
                note(operation + " status", Integer.toString(answer.status()));
            }
            compare(operation, answer, (ObjectNode) theirs.path("schema"), "$defs", reference.path("$defs"));
        }
        return answer;
    }

    private void compare(String operation, Answer answer, ObjectNode schema, String place, JsonNode definitions) {
        ObjectNode whole = schema.deepCopy();
        whole.set(place, definitions);
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        for (Error error : registry.getSchema(whole).validate(answer.body())) {
            note("%s %s %s".formatted(operation, error.getInstanceLocation(), error.getKeyword()), error.getMessage());
        }
    }

    private void note(String difference, String message) {
        if (KNOWN_DIFFERENCES.stream().noneMatch(difference::matches)) {
            differences.add(difference + ": " + message);
        }
    }

    private static String filled(String path, String parameters) {
        String filled = path;
        for (String parameter : parameters.isEmpty() ? List.<String>of() : List.of(parameters.split(" "))) {
            filled = filled.replaceFirst("\\{[^}]+}", parameter);
        }
        return filled;
    }
}
