package dev.millrace.server.api;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.Refusal;
import dev.millrace.server.member.Role;
import dev.millrace.server.webhook.Webhook;
import dev.millrace.server.webhook.WebhookSetup;
import java.util.List;
import java.util.Optional;

/// Webhooks.
///
/// @param plane that they are part of
record WebhookEndpoints(ControlPlane plane) {

    void addTo(Endpoints api) {
        api.get("/webhooks", this::list);
        api.post("/webhooks/account", Role.EDITOR, call -> make(call, Optional.empty()));
        api.post("/webhooks/group/{group}", Role.EDITOR, call -> make(call, Optional.of(group(call.path("group")))));
        api.get("/webhooks/{id}", call -> call.ok(WebhookSetup.view(plane.webhooks().find(call.path("id")))));
        api.patch("/webhooks/{id}", Role.EDITOR, this::change);
        api.delete("/webhooks/{id}", Role.EDITOR, this::remove);
        api.post("/webhooks/{id}/test", Role.EDITOR, call -> call.ok(plane.webhooks().test(call.path("id"), call.requiredBody())));
    }

    private void list(Call call) {
        List<Webhook> all = plane.webhooks().webhooks().all().stream()
                .filter(webhook -> call.reach().isWhole() || webhook.groupId().filter(call.reach()::sees).isPresent())
                .toList();
        call.page(all, Webhook::id, WebhookSetup::view);
    }

    private String group(String id) {
        return plane.groups().find(id).orElseThrow(() -> Refusal.notFound("Group", id)).id();
    }

    private void make(Call call, Optional<String> group) {
        call.ok("Webhook has been created", WebhookSetup.view(plane.webhooks().create(group, call.requiredBody(), call.actor())));
    }

    private void change(Call call) {
        call.ok("Webhook has been updated", WebhookSetup.view(plane.webhooks().change(call.path("id"), call.requiredBody(), call.actor())));
    }

    private void remove(Call call) {
        plane.webhooks().remove(call.path("id"), call.actor());
        call.done("Webhook with id '%s' has been deleted".formatted(call.path("id")));
    }
}
