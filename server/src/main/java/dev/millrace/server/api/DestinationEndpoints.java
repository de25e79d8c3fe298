package dev.millrace.server.api;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.destination.DestinationChecks;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.destination.DestinationRecord.SetupStatus;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Destinations; a destination has the id of its group.
///
/// @param plane that they are part of
record DestinationEndpoints(ControlPlane plane) {

    private static final List<String> SERVICES = List.of("duckdb");

    void addTo(Endpoints api) {
        api.get("/destinations", this::list);
        api.post("/destinations", Role.EDITOR, this::make);
        api.get("/destinations/{id}", call -> call.ok(view(find(call), Json.list())));
        api.patch("/destinations/{id}", Role.EDITOR, this::change);
        api.delete("/destinations/{id}", Role.EDITOR, this::remove);
        api.post("/destinations/{id}/test", Role.EDITOR, this::test);
    }

    private void list(Call call) {
        List<DestinationRecord> all = plane.destinations().all().stream().filter(destination -> call.reach().sees(destination.id())).toList();
        call.page(all, DestinationRecord::id, destination -> view(destination, Json.list()));
    }

    private DestinationRecord find(Call call) {
        String id = call.path("id");
        return plane.destinations().find(id).orElseThrow(() -> Refusal.notFound("Destination", id));
    }

    private void make(Call call) {
        Fields body = call.requiredBody();
        String group = body.required("group_id");
        String service = body.required("service");
        if (plane.groups().find(group).isEmpty()) {
            throw Refusal.notFound("Group", group);
        }
        if (plane.destinations().find(group).isPresent()) {
            throw Refusal.conflict("Group '%s' has a destination already. Change it, or make another group.".formatted(group));
        }
        if (!SERVICES.contains(service)) {
            throw Refusal.invalid("`service` is '%s'; it must be one of %s.".formatted(service, String.join(", ", SERVICES)));
        }
        boolean tests = body.flag("run_setup_tests").orElse(true);
        DestinationRecord destination = new DestinationRecord(
                group,
                service,
                body.text("region").orElse("GCP_US_EAST4"),
                body.text("time_zone_offset").orElse("0"),
                config(body, Json.object()),
                SetupStatus.INCOMPLETE,
                plane.connections().clock().instant());
        plane.orders().file(destination);
        plane.destinations().add(destination);
        plane.audit().add(call.actor(), "create", "destination", group, Json.object().put("service", service));
        answer(call, destination, tests, true);
    }

    private static ObjectNode config(Fields body, ObjectNode before) {
        ObjectNode merged = before.deepCopy();
        body.object("config").ifPresent(config -> config.node().properties().forEach(field -> {
            if (!field.getKey().equals("path")) {
                throw Refusal.invalid("Unknown field `config.%s`. There is `path`, the file's name.".formatted(field.getKey()));
            }
            config.text("path").ifPresent(path -> merged.put("path", path));
        }));
        return merged;
    }

    private void answer(Call call, DestinationRecord destination, boolean tests, boolean made) {
        ArrayNode findings = tests ? new DestinationChecks(plane.orders()).ask(destination) : Json.list();
        boolean fit = findings.valueStream().noneMatch(finding -> finding.path("status").asString("").equals("FAILED"));
        DestinationRecord found = tests ? destination.found(fit ? SetupStatus.CONNECTED : SetupStatus.INCOMPLETE) : destination;
        plane.destinations().update(found);
        JsonNode view = view(found, findings);
        if (made) {
            call.created("Destination has been created", view);
        } else {
            call.ok("Destination has been updated", view);
        }
    }

    private void change(Call call) {
        DestinationRecord there = find(call);
        Fields body = call.requiredBody();
        boolean elsewhere = body.has("config");
        boolean tests = body.flag("run_setup_tests").orElse(elsewhere);
        DestinationRecord changed = new DestinationRecord(
                there.id(),
                there.service(),
                body.text("region").orElse(there.region()),
                body.text("time_zone_offset").orElse(there.timeZoneOffset()),
                config(body, there.config()),
                there.setupStatus(),
                there.created());
        plane.orders().file(changed);
        if (elsewhere) {
            plane.connections().inGroup(there.id()).forEach(connection -> plane.conductor().requireStop(connection.id()));
        }
        plane.destinations().update(changed);
        plane.audit().add(call.actor(), "edit", "destination", there.id(), Json.object());
        answer(call, changed, tests, false);
        plane.connections().inGroup(there.id()).forEach(plane.conductor()::settle);
    }

    private void remove(Call call) {
        DestinationRecord destination = find(call);
        if (!plane.connections().inGroup(destination.id()).isEmpty()) {
            throw Refusal.conflict("The destination has connections. Remove them first.");
        }
        plane.destinations().remove(destination.id());
        plane.audit().add(call.actor(), "delete", "destination", destination.id(), Json.object());
        call.done("Destination with id '%s' has been deleted".formatted(destination.id()));
    }

    private void test(Call call) {
        answer(call, find(call), true, false);
    }

    /// As the API has it: here ports would be texts, unlike those of connections.
    private static ObjectNode view(DestinationRecord destination, ArrayNode findings) {
        ObjectNode view = Json.object()
                .put("id", destination.id())
                .put("group_id", destination.id())
                .put("service", destination.service())
                .put("region", destination.region())
                .put("time_zone_offset", destination.timeZoneOffset())
                .put("setup_status", destination.setupStatus().name())
                .put("daylight_saving_time_enabled", false)
                .put("networking_method", "Directly");
        view.set("config", destination.config());
        if (!findings.isEmpty()) {
            view.set("setup_tests", findings);
        }
        return view;
    }
}
