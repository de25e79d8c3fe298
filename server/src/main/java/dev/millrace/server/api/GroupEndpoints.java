package dev.millrace.server.api;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Groups.
///
/// @param plane that they are part of
record GroupEndpoints(ControlPlane plane) {

    void addTo(Endpoints api) {
        api.get("/groups", call -> call.page(plane.groups().all().stream().filter(group -> call.reach().sees(group.id())).toList(), Group::id, GroupEndpoints::view));
        api.post("/groups", Role.EDITOR, this::make);
        api.get("/groups/{id}", call -> call.ok(view(find(call))));
        api.patch("/groups/{id}", Role.EDITOR, this::rename);
        api.delete("/groups/{id}", Role.EDITOR, this::remove);
        api.get("/groups/{id}/connections", this::connections);
        api.get("/groups/{id}/public-key", Role.EDITOR, this::publicKey);
    }

    private Group find(Call call) {
        String id = call.path("id");
        return plane.groups().find(id).orElseThrow(() -> Refusal.notFound("Group", id));
    }

    private void make(Call call) {
        String name = call.requiredBody().required("name");
        requireFree(name);
        Group group = plane.groups().make(name, call.actor().id());
        plane.audit().add(call.actor(), "create", "group", group.id(), Json.object().put("name", name));
        call.created("Group has been created", view(group));
    }

    private void requireFree(String name) {
        if (plane.groups().named(name).isPresent()) {
            throw Refusal.conflict("There is a group '%s' already. Choose another name.".formatted(name));
        }
    }

    private void rename(Call call) {
        Group group = find(call);
        String name = call.requiredBody().required("name");
        if (!name.equals(group.name())) {
            requireFree(name);
            plane.groups().rename(group.id(), name);
            plane.audit().add(call.actor(), "edit", "group", group.id(), Json.object().put("name", name));
        }
        call.ok("Group has been updated", view(new Group(group.id(), name, group.created(), group.createdBy())));
    }

    private void remove(Call call) {
        Group group = find(call);
        if (!plane.connections().inGroup(group.id()).isEmpty()) {
            throw Refusal.conflict("The group has connections. Remove them first.");
        }
        if (plane.destinations().find(group.id()).isPresent()) {
            throw Refusal.conflict("The group has a destination. Remove it first.");
        }
        plane.groups().remove(group.id());
        plane.audit().add(call.actor(), "delete", "group", group.id(), Json.object());
        call.done("Group with id '%s' has been deleted".formatted(group.id()));
    }

    private void connections(Call call) {
        Group group = find(call);
        List<ConnectionRecord> all = plane.connections().inGroup(group.id()).stream()
                .filter(connection -> call.query("schema").map(connection.schemaPrefix()::equals).orElse(true))
                .toList();
        ConnectionView view = new ConnectionView(plane);
        call.page(all, ConnectionRecord::id, view::of);
    }

    private void publicKey(Call call) {
        Group group = find(call);
        call.ok(Json.object().put("public_key", new ConnectionView(plane).publicKey(group.id())));
    }

    static ObjectNode view(Group group) {
        return Json.object().put("id", group.id()).put("name", group.name()).put("created_at", group.created().toString());
    }
}
