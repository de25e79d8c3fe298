package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Server and agent, each a process of its own, as they are run.
@Timeout(180)
class ServerAgentTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String KEY = "key:a-secret-for-tests-only";

    @TempDir
    private Path folder;

    @Test
    void a_connection_copies_by_way_of_an_agent_that_dials_the_server() throws Exception {
        String gateway = "127.0.0.1:" + freePort();
        Path home = folder.resolve("home");
        Process server = start("server", Map.of("MILLRACE_ADMIN_KEY", KEY), "server", "--home", home.toString(), "--port", "0", "--agents-listen", gateway);
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)", "INSERT INTO mills SELECT generate_series(1, 100)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String address = address();
            JsonNode made = post(address, "/v1/proxy", "{\"display_name\": \"cellar\", \"group_region\": \"GCP_US_EAST4\"}");
            String agentId = made.path("agent_id").stringValue();
            Path config = Files.writeString(
                    folder.resolve("agent.yaml"), made.path("configuration").stringValue().replace("db.internal:5432", "%s:%d".formatted(database.host(), database.port())));
            Process agent = start("agent", Map.of(), "agent", "--config", config.toString());
            try {
                Eventually.within(LIMIT, () -> assertThat(get(address, "/v1/proxy/" + agentId).path("status").stringValue()).isEqualTo("CONNECTED"));
                String connection = connection(address, database, agentId);
                Eventually.within(LIMIT, () -> {
                    JsonNode view = get(address, "/v1/connections/" + connection);
                    assertThat(view.path("succeeded_at").isString()).as(view.toString()).isTrue();
                });
            } finally {
                agent.destroyForcibly().waitFor();
            }
        } finally {
            server.destroy();
            server.waitFor();
        }
        assertThat(rows(home.resolve("destinations/warehouse.duckdb"))).isEqualTo(100);
    }

    private static String connection(String address, TestDatabase database, String agent) throws IOException, InterruptedException {
        String group = post(address, "/v1/groups", "{\"name\": \"warehouse\"}").path("id").stringValue();
        post(address, "/v1/destinations", "{\"group_id\": \"%s\", \"service\": \"duckdb\", \"config\": {\"path\": \"warehouse.duckdb\"}}".formatted(group));
        String body = """
                {"group_id": "%s", "service": "postgres", "proxy_agent_id": "%s", "config": {"schema_prefix": "shop", "host": "%s", "port": %d, "database": "%s", "user": "%s",
                "password": "%s", "connection_type": "ProxyAgent", "update_method": "WAL_PGOUTPUT", "replication_slot": "slot_%s", "publication_name": "pub"}}
                """.formatted(group, agent, database.host(), database.port(), database.name(), database.user(), database.password(), database.name());
        return post(address, "/v1/connections", body).path("id").stringValue();
    }

    /// Where the server says that it listens.
    private String address() {
        Path out = folder.resolve("server.out");
        Eventually.within(LIMIT, () -> assertThat(Files.readString(out)).contains("Listening at http"));
        try {
            return Files.readString(out).replaceFirst("(?s).*Listening at (http\\S+)/ .*", "$1");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode get(String address, String path) throws IOException, InterruptedException {
        return call(HttpRequest.newBuilder(URI.create(address + path)));
    }

    private static JsonNode post(String address, String path, String body) throws IOException, InterruptedException {
        return call(HttpRequest.newBuilder(URI.create(address + path)).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private static JsonNode call(HttpRequest.Builder request) throws IOException, InterruptedException {
        request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(KEY.getBytes(StandardCharsets.UTF_8)));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
            return JsonMapper.shared().readTree(answer.body()).path("data");
        }
    }

    private static long rows(Path file) throws SQLException {
        try (Connection copy = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = copy.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM shop_public.mills")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Process start(String name, Map<String, String> variables, String... arguments) throws IOException {
        return CommandLineHarness.start(folder.resolve(name + ".out"), folder.resolve(name + ".err"), variables, arguments);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
