package dev.millrace.server.api;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.setup.DestinationSetup.Tested;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Destinations; a destination has the id of its group.
///
/// @param plane that they are part of
record DestinationEndpoints(ControlPlane plane) {

    void addTo(Endpoints api) {
        api.get("/destinations", this::list);
        api.post("/destinations", Role.EDITOR, call -> call.created("Destination has been created", view(plane.destinationSetup().create(call.requiredBody(), call.actor()))));
        api.get("/destinations/{id}", call -> call.ok(view(plane.destinationSetup().find(call.path("id")), Json.list())));
        api.patch("/destinations/{id}", Role.EDITOR, call -> changed(call, plane.destinationSetup().change(call.path("id"), call.requiredBody(), call.actor())));
        api.delete("/destinations/{id}", Role.EDITOR, this::remove);
        api.post("/destinations/{id}/test", Role.EDITOR, call -> changed(call, plane.destinationSetup().test(call.path("id"), call.actor())));
    }

    private void list(Call call) {
        List<DestinationRecord> all = plane.destinations().all().stream().filter(destination -> call.reach().sees(destination.id())).toList();
        call.page(all, DestinationRecord::id, destination -> view(destination, Json.list()));
    }

    private static void changed(Call call, Tested tested) {
        call.ok("Destination has been updated", view(tested));
    }

    private void remove(Call call) {
        plane.destinationSetup().remove(call.path("id"), call.actor());
        call.done("Destination with id '%s' has been deleted".formatted(call.path("id")));
    }

    private static ObjectNode view(Tested tested) {
        return view(tested.destination(), tested.findings());
    }

    /// As the API has it: here ports are texts, unlike those of connections.
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
        ObjectNode config = destination.config().deepCopy();
        if (config.has("port")) {
            config.put("port", config.path("port").asString());
        }
        destination.secrets().values().keySet().forEach(name -> config.put(name, Sealed.MASK));
        view.set("config", config);
        if (!findings.isEmpty()) {
            view.set("setup_tests", findings);
        }
        return view;
    }
}
