package dev.millrace.server;

import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.run.Backoff;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.StateAddress;
import dev.millrace.testkit.postgres.TestDatabase;
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
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A server of its own for a test, and a program that speaks with it as administrator.
public final class ServerHarness implements AutoCloseable {

    private static final String KEY = "key";
    private static final String SECRET = "a-secret-for-tests-only";

    private final Path home;
    private final StateAddress state;
    private final int callsPerHour;
    private final Optional<Address> agents;
    private final Optional<ServerTls> tls;
    private final HttpClient client = HttpClient.newHttpClient();
    private Server server;

    /// One in an empty folder.
    public ServerHarness(Path home) {
        this(home, new StateAddress.InFile(home.resolve("state.sqlite")));
    }

    /// One that remembers elsewhere.
    public ServerHarness(Path home, StateAddress state) {
        this(home, state, ServerSettings.CALLS_PER_HOUR, Optional.empty(), Optional.empty());
    }

    /// One in an empty folder that allows so many calls an hour.
    public ServerHarness(Path home, int callsPerHour) {
        this(home, new StateAddress.InFile(home.resolve("state.sqlite")), callsPerHour, Optional.empty(), Optional.empty());
    }

    /// One in an empty folder that listens for agents.
    public ServerHarness(Path home, Address agents) {
        this(home, new StateAddress.InFile(home.resolve("state.sqlite")), ServerSettings.CALLS_PER_HOUR, Optional.of(agents), Optional.empty());
    }

    /// One in an empty folder that listens for agents, and speaks TLS to everybody else. Programs do not ask it anything here.
    public ServerHarness(Path home, Address agents, ServerTls tls) {
        this(home, new StateAddress.InFile(home.resolve("state.sqlite")), ServerSettings.CALLS_PER_HOUR, Optional.of(agents), Optional.of(tls));
    }

    private ServerHarness(Path home, StateAddress state, int callsPerHour, Optional<Address> agents, Optional<ServerTls> tls) {
        this.home = home;
        this.state = state;
        this.callsPerHour = callsPerHour;
        this.agents = agents;
        this.tls = tls;
        this.server = start();
    }

    private Server start() {
        return Server.start(
                new ServerSettings(
                        new Home(home),
                        state,
                        "127.0.0.1",
                        0,
                        "test",
                        8,
                        new Backoff(Duration.ofMillis(200), Duration.ofSeconds(1), 5, 50),
                        callsPerHour,
                        Optional.of("millrace_metadata"),
                        Optional.of(Secret.of(KEY + ":" + SECRET)),
                        tls,
                        false,
                        agents,
                        _ -> Optional.empty()),
                InstantSource.system());
    }

    /// Ends it and starts it again.
    public void restart() {
        server.close();
        server = start();
    }

    /// The server.
    public Server server() {
        return server;
    }

    /// Where browsers find it.
    public String address() {
        return "%s://127.0.0.1:%d".formatted(tls.isPresent() ? "https" : "http", server.port());
    }

    /// What came back.
    ///
    /// @param status of HTTP
    /// @param body the envelope
    public record Answer(int status, ObjectNode body, HttpResponse<String> http) {

        /// The envelope's data.
        public ObjectNode data() {
            return (ObjectNode) body.get("data");
        }

        /// The envelope's code.
        public String code() {
            return body.path("code").asString("");
        }

        /// The envelope's message.
        public String message() {
            return body.path("message").asString("");
        }
    }

    /// Asks by a method, with a body or an empty text for none.
    public Answer call(String method, String path, String body) {
        return call(method, path, body, KEY + ":" + SECRET);
    }

    /// The same with another key, or an empty text for none.
    public Answer call(String method, String path, String body, String keyAndSecret) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofMinutes(2))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!keyAndSecret.isEmpty()) {
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(keyAndSecret.getBytes(StandardCharsets.UTF_8)));
        }
        try {
            HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body().startsWith("{") ? Json.parseObject(answer.body()) : Json.object(), answer);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Asks.
    public Answer get(String path) {
        return call("GET", path, "");
    }

    /// Sends.
    public Answer post(String path, String body) {
        return call("POST", path, body);
    }

    /// Changes.
    public Answer patch(String path, String body) {
        return call("PATCH", path, body);
    }

    /// Removes.
    public Answer delete(String path) {
        return call("DELETE", path, "");
    }

    /// Makes a group with a DuckDB destination; answers its id.
    public String group(String name) {
        String id = post("/v1/groups", "{\"name\":\"%s\"}".formatted(name)).data().path("id").asString();
        post("/v1/destinations", "{\"group_id\":\"%s\",\"service\":\"duckdb\",\"region\":\"GCP_US_EAST4\",\"time_zone_offset\":\"0\",\"config\":{\"path\":\"%s.duckdb\"}}"
                .formatted(id, name));
        return id;
    }

    /// The body of a connection that copies a database through its log: publication `pub`, slot `slot_DATABASE`.
    public static ObjectNode connection(String group, TestDatabase database, String prefix) {
        ObjectNode body = Json.object().put("group_id", group).put("service", "aurora_postgres").put("destination_schema_names", "SOURCE_NAMING");
        body.putObject("config")
                .put("schema_prefix", prefix)
                .put("host", database.host())
                .put("port", database.port())
                .put("database", database.name())
                .put("user", database.user())
                .put("password", database.password().isEmpty() ? "none" : database.password())
                .put("update_method", "WAL_PGOUTPUT")
                .put("replication_slot", "slot_" + database.name())
                .put("publication_name", "pub");
        return body;
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
