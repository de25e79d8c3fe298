package dev.millrace.server.api;

import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.member.Actor;
import dev.millrace.server.member.Reach;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One request of the API and its answer.
///
/// @param http as it came
/// @param actor whose it is
/// @param reach how far that reaches
record Call(Context http, Actor actor, Reach reach) {

    private static final int LIMIT_USUAL = 100;
    private static final int LIMIT_MAX = 1_000;

    /// Refuses those who may not.
    Call require(Role role) {
        if (!actor.role().covers(role)) {
            throw new Refusal(Reason.FORBIDDEN, "This needs the role '%s', and the key has '%s'.".formatted(role.title(), actor.role().title()));
        }
        return this;
    }

    /// A part of the path.
    String path(String name) {
        return http.pathParam(name);
    }

    /// A parameter behind the path; empty if it is not there, or is empty.
    Optional<String> query(String name) {
        return Optional.ofNullable(http.queryParam(name)).filter(value -> !value.isEmpty());
    }

    /// The body's fields; none for an empty body.
    Fields body() {
        String text = text();
        if (text.isBlank()) {
            return new Fields(Json.object());
        }
        String type = Optional.ofNullable(http.contentType()).orElse("");
        if (!type.isEmpty() && !type.startsWith("application/json")) {
            throw new Refusal(Reason.UNSUPPORTED_MEDIA_TYPE, "The body is '%s'; send 'application/json'.".formatted(type));
        }
        try {
            if (Json.parse(text) instanceof ObjectNode object) {
                return new Fields(object);
            }
        } catch (JacksonException _) {
            throw new Refusal(Reason.BAD_REQUEST, "The body is not JSON.");
        }
        throw new Refusal(Reason.BAD_REQUEST, "The body must be a JSON object.");
    }

    /// One that says that it is too large is not waited for.
    private String text() {
        if (http.req().getContentLengthLong() > RestApi.LARGEST_BODY) {
            throw tooLarge();
        }
        return http.body();
    }

    static Refusal tooLarge() {
        return new Refusal(Reason.TOO_LARGE, "The body is larger than %d MB, which nothing here asks for.".formatted(RestApi.LARGEST_BODY >> 20));
    }

    /// The body's fields, which have to be there.
    Fields requiredBody() {
        if (text().isBlank()) {
            throw new Refusal(Reason.BAD_REQUEST, "The body is missing; an empty object is enough: {}.");
        }
        return body();
    }

    /// Done, and here it is.
    void ok(JsonNode data) {
        answer(200, "Success", null, data);
    }

    /// Done, and here it is.
    void ok(String message, JsonNode data) {
        answer(200, "Success", message, data);
    }

    /// Done.
    void done(String message) {
        answer(200, "Success", message, null);
    }

    /// Made, and here it is.
    void created(String message, JsonNode data) {
        answer(201, "Success", message, data);
    }

    private void answer(int status, String code, @Nullable String message, @Nullable JsonNode data) {
        RestApi.send(http, status, envelope(code, message, data).toString());
    }

    static ObjectNode envelope(String code, @Nullable String message, @Nullable JsonNode data) {
        ObjectNode envelope = Json.object().put("code", code);
        if (message != null) {
            envelope.put("message", message);
        }
        if (data != null) {
            envelope.set("data", data);
        }
        return envelope;
    }

    /// Answers with a page of a list: `limit` things behind the one that `cursor` names.
    ///
    /// @param id of a thing
    <T> void page(List<T> all, Function<T, String> id, Function<T, ? extends JsonNode> view) {
        int limit = query("limit").map(this::limit).orElse(LIMIT_USUAL);
        int from = query("cursor").map(cursor -> 1 + position(all, id, cursor)).orElse(0);
        int to = Math.min(all.size(), from + limit);
        ObjectNode data = Json.object();
        ArrayNode items = data.putArray("items");
        all.subList(from, to).forEach(one -> items.add(view.apply(one)));
        if (to < all.size()) {
            data.put("next_cursor", Base64.getUrlEncoder().withoutPadding().encodeToString(id.apply(all.get(to - 1)).getBytes(StandardCharsets.UTF_8)));
        }
        ok(data);
    }

    private int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw Refusal.invalid("`limit` must be a number from 1 to %d.".formatted(LIMIT_MAX));
    }

    private static <T> int position(List<T> all, Function<T, String> id, String cursor) {
        String last;
        try {
            last = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            last = "";
        }
        for (int i = 0; i < all.size(); i++) {
            if (id.apply(all.get(i)).equals(last)) {
                return i;
            }
        }
        throw Refusal.invalid("`cursor` is none that this list gave. Begin again without one.");
    }
}
