package dev.millrace.server.api;

import dev.millrace.server.state.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The API as an OpenAPI 3.1 document: paths, methods and roles are those that are served; what they take and answer is written in `openapi.json` beside this
/// class, by method and path.
final class OpenApi {

    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    private static final List<String> REFUSALS = List.of("400", "401", "403", "404", "409", "429");

    private final ObjectNode operations;
    private final ObjectNode schemas;

    private OpenApi(ObjectNode written) {
        this.operations = written.withObjectProperty("operations");
        this.schemas = written.withObjectProperty("schemas");
    }

    /// The document of these operations.
    ///
    /// @throws IllegalStateException if one of them is not described, or something is described that is not there
    static ObjectNode of(List<Endpoint> endpoints) {
        try (InputStream resource = OpenApi.class.getResourceAsStream("openapi.json")) {
            String text = new String(Optional.ofNullable(resource).orElseThrow().readAllBytes(), StandardCharsets.UTF_8);
            return new OpenApi(Json.parseObject(text)).document(endpoints);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode document(List<Endpoint> endpoints) {
        ObjectNode document = Json.object().put("openapi", "3.1.0");
        document.putObject("info").put("title", "Millrace").put("version", "1").put("description", "Copies PostgreSQL databases. See docs/reference/api.md.");
        document.putArray("servers").addObject().put("url", "/v1");
        document.putArray("security").addObject().putArray("key");
        ObjectNode paths = document.putObject("paths");
        for (Endpoint endpoint : endpoints) {
            ObjectNode path = paths.withObjectProperty(endpoint.path());
            path.set(endpoint.method().name().toLowerCase(Locale.ROOT), operation(endpoint));
        }
        if (!operations.isEmpty()) {
            throw new IllegalStateException("Invalid openapi.json: nothing serves " + operations.propertyNames());
        }
        ObjectNode components = document.putObject("components");
        components.putObject("securitySchemes").putObject("key").put("type", "http").put("scheme", "basic");
        schemas.set("Refusal", Json.parseObject("{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}},\"required\":[\"code\",\"message\"]}"));
        components.set("schemas", schemas);
        return document;
    }

    private ObjectNode operation(Endpoint endpoint) {
        String name = endpoint.method().name() + " " + endpoint.path();
        if (!(operations.remove(name) instanceof ObjectNode written)) {
            throw new IllegalStateException("Invalid openapi.json: it lacks " + name);
        }
        String data = written.path("data").asString("");
        ObjectNode operation = Json.object()
                .put("operationId", (endpoint.method().name().toLowerCase(Locale.ROOT) + endpoint.path()).replaceAll("[^A-Za-z0-9]+", "_").replaceAll("_$", ""))
                .put("summary", written.path("summary").asString())
                .put("x-millrace-role", endpoint.role().title());
        parameters(operation.putArray("parameters"), endpoint.path(), data.startsWith("["));
        if (written.has("request")) {
            content(operation.putObject("requestBody")).set("schema", reference(written.path("request").asString()));
        }
        ObjectNode responses = operation.putObject("responses");
        ObjectNode success = responses.putObject(Integer.toString(written.path("status").asInt(200))).put("description", "Done.");
        content(success).set("schema", envelope(data));
        REFUSALS.forEach(status -> content(responses.putObject(status).put("description", "Nothing was changed; the message says why, and what to do."))
                .set("schema", reference("Refusal")));
        return operation;
    }

    private static void parameters(ArrayNode parameters, String path, boolean list) {
        Matcher names = PARAMETER.matcher(path);
        while (names.find()) {
            parameters.addObject().put("name", names.group(1)).put("in", "path").put("required", true).putObject("schema").put("type", "string");
        }
        if (list) {
            parameters.addObject().put("name", "cursor").put("in", "query").putObject("schema").put("type", "string");
            parameters.addObject().put("name", "limit").put("in", "query").putObject("schema").put("type", "integer").put("minimum", 1).put("maximum", 1_000);
        }
    }

    private static ObjectNode content(ObjectNode owner) {
        return owner.putObject("content").putObject("application/json");
    }

    private static ObjectNode envelope(String data) {
        ObjectNode envelope = Json.object().put("type", "object");
        ObjectNode properties = envelope.putObject("properties");
        properties.putObject("code").put("type", "string");
        properties.putObject("message").put("type", "string");
        ArrayNode required = envelope.putArray("required").add("code");
        if (data.startsWith("[")) {
            ObjectNode page = properties.putObject("data").put("type", "object");
            page.putArray("required").add("items");
            ObjectNode of = page.putObject("properties");
            of.putObject("items").put("type", "array").set("items", reference(data.substring(1, data.length() - 1)));
            of.putObject("next_cursor").put("type", "string");
            required.add("data");
        } else if (!data.isEmpty()) {
            properties.set("data", reference(data));
            required.add("data");
        }
        return envelope;
    }

    private static JsonNode reference(String schema) {
        return Json.object().put("$ref", "#/components/schemas/" + schema);
    }
}
