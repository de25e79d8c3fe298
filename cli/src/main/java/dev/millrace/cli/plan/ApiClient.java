package dev.millrace.cli.plan;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.state.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Speaks with a server's REST API. Belongs to one thread.
public final class ApiClient implements AutoCloseable {

    /// Making a connection runs its setup tests.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final URI server;
    private final String authorization;
    private final HttpClient http = HttpClient.newHttpClient();

    /// Dials nothing yet.
    ///
    /// @param server its address: `http://127.0.0.1:8642`
    /// @param key `KEY:SECRET`
    public ApiClient(URI server, Secret key) {
        this.server = server;
        this.authorization = "Basic " + Base64.getEncoder().encodeToString(key.reveal().getBytes(StandardCharsets.UTF_8));
    }

    /// Asks for something; the envelope's data, an empty object if there is none.
    ///
    /// @param path below `/v1`
    /// @throws Fault if the server cannot be reached, or refuses
    public ObjectNode call(String method, String path, Optional<ObjectNode> body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve("/v1" + path))
                .timeout(PATIENCE)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .method(method, body.map(Object::toString).map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            ObjectNode envelope = envelope(answer);
            if (answer.statusCode() >= 300) {
                throw new Fault(
                        answer.statusCode() == 401 ? FaultKind.LOGIN_REFUSED : FaultKind.SETTINGS_INVALID,
                        path,
                        "The server refused %s %s: %s".formatted(method, path, envelope.path("message").asString("status " + answer.statusCode())),
                        answer.statusCode() == 401 ? "Set MILLRACE_API_KEY=KEY:SECRET to a key of that server." : "Correct it, and try again.");
            }
            return envelope.path("data") instanceof ObjectNode data ? data : Json.object();
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.HOST_UNREACHABLE, server.toString(), "No server answers at %s.".formatted(server), "Start one with `millrace server`, or name another: --server.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode envelope(HttpResponse<String> answer) {
        try {
            if (Json.parse(answer.body()) instanceof ObjectNode envelope) {
                return envelope;
            }
        } catch (JacksonException _) {
            // Said below.
        }
        throw new Fault(FaultKind.HOST_UNREACHABLE, server.toString(), "What answers at %s is no Millrace server.".formatted(server), "Correct --server.");
    }

    /// All things of a list, page by page.
    public List<ObjectNode> all(String path) {
        List<ObjectNode> all = new ArrayList<>();
        String cursor = "";
        do {
            ObjectNode page = call("GET", path + "?limit=1000" + (cursor.isEmpty() ? "" : "&cursor=" + cursor), Optional.empty());
            for (JsonNode item : page.path("items")) {
                if (item instanceof ObjectNode one) {
                    all.add(one);
                }
            }
            cursor = page.path("next_cursor").asString("");
        } while (!cursor.isEmpty());
        return all;
    }

    @Override
    public void close() {
        http.close();
    }
}
