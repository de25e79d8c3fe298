package dev.millrace.server.api;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.member.ApiKey;
import dev.millrace.server.member.ApiKeys.Fresh;
import dev.millrace.server.member.KeyPermissions;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The keys of programs. A secret is in the answer that makes it, and in no other.
///
/// @param plane that they are part of
record SystemKeyEndpoints(ControlPlane plane) {

    private static final int LONGEST_NAME = 200;

    /// How long a key is good for, by the API's names.
    enum Expiration {
        ONE_WEEK(Duration.ofDays(7)),
        ONE_MONTH(Duration.ofDays(30)),
        THREE_MONTHS(Duration.ofDays(90)),
        SIX_MONTHS(Duration.ofDays(180)),
        INFINITE(null);

        private final @Nullable Duration lasts;

        Expiration(@Nullable Duration lasts) {
            this.lasts = lasts;
        }
    }

    void addTo(Endpoints api) {
        api.get("/system-keys", Role.ADMINISTRATOR, call -> call.page(plane.keys().all(ApiKey.Kind.SYSTEM), ApiKey::id, SystemKeyEndpoints::view));
        api.post("/system-keys", Role.ADMINISTRATOR, this::make);
        api.get("/system-keys/{id}", Role.ADMINISTRATOR, call -> call.ok(view(find(call))));
        api.patch("/system-keys/{id}", Role.ADMINISTRATOR, this::change);
        api.delete("/system-keys/{id}", Role.ADMINISTRATOR, this::remove);
        api.post("/system-keys/{id}/rotate", Role.ADMINISTRATOR, this::rotate);
    }

    private ApiKey find(Call call) {
        String id = call.path("id");
        return plane.keys().find(id).filter(key -> key.kind() == ApiKey.Kind.SYSTEM).orElseThrow(() -> Refusal.missing("SystemKey", "There is no system key with id '%s'.".formatted(id)));
    }

    private void make(Call call) {
        Fields body = call.requiredBody();
        KeyPermissions permissions = KeyPermissions.of(body);
        Fresh made = plane.keys().make(ApiKey.Kind.SYSTEM, Optional.empty(), name(body), permissions.role(), permissions.given(), expires(body), call.actor().id());
        plane.audit().add(call.actor(), "create", "system_key", made.key().id(), Json.object().put("name", made.key().name()).put("role", made.key().role().name()));
        call.created("System key has been created", view(made.key()).put("secret", made.secret().reveal()));
    }

    private static String name(Fields body) {
        String name = body.required("name");
        if (name.length() > LONGEST_NAME) {
            throw body.wrong("name", LONGEST_NAME + " characters at most");
        }
        return name;
    }

    private Optional<Instant> expires(Fields body) {
        Duration lasts = body.choice("expiration_period", Expiration.values()).orElse(Expiration.INFINITE).lasts;
        return Optional.ofNullable(lasts).map(plane.connections().clock().instant()::plus);
    }

    private void change(Call call) {
        ApiKey there = find(call);
        Fields body = call.requiredBody();
        KeyPermissions permissions = body.has("permissions") ? KeyPermissions.of(body) : new KeyPermissions(there.permissions(), there.role());
        ApiKey changed = new ApiKey(
                there.id(),
                there.kind(),
                there.memberId(),
                body.has("name") ? name(body) : there.name(),
                permissions.role(),
                permissions.given(),
                there.created(),
                there.expires(),
                there.used());
        plane.keys().update(changed);
        plane.audit().add(call.actor(), "edit", "system_key", changed.id(), Json.object().put("name", changed.name()).put("role", changed.role().name()));
        call.ok("System key has been updated", view(changed));
    }

    private void rotate(Call call) {
        ApiKey there = find(call);
        Optional<Instant> expires = expires(call.body());
        Secret secret = plane.keys().rotate(there.id(), expires);
        plane.audit().add(call.actor(), "rotate", "system_key", there.id(), Json.object().put("name", there.name()));
        call.ok("System key has been rotated", view(find(call)).put("secret", secret.reveal()));
    }

    private void remove(Call call) {
        ApiKey key = find(call);
        plane.keys().remove(key.id());
        plane.audit().add(call.actor(), "delete", "system_key", key.id(), Json.object().put("name", key.name()));
        call.done("System key with id '%s' has been deleted".formatted(key.id()));
    }

    private static ObjectNode view(ApiKey key) {
        ObjectNode view = Json.object().put("id", key.id()).put("name", key.name()).put("key", key.id());
        view.set("permissions", key.permissions());
        view.put("created_at", key.created().toString());
        key.expires().ifPresent(at -> view.put("expired_at", at.toString()));
        key.used().ifPresent(at -> view.put("last_used_at", at.toString()));
        return view;
    }
}
