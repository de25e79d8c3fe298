package dev.millrace.cli.plan;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.server.plan.Plan;
import dev.millrace.server.plan.Step;
import dev.millrace.server.state.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The server that a plan is for.
///
/// @param api speaks with it; stays the caller's
public record PlannedServer(ApiClient api) {

    /// What it has of the groups that are named.
    ///
    /// @param wanted names of groups; those that are not there are left out
    public Plan.Present present(List<String> wanted) {
        Map<String, String> groups = new LinkedHashMap<>();
        api.all("/groups").forEach(group -> groups.put(group.path("name").asString(), group.path("id").asString()));
        groups.keySet().retainAll(wanted);
        Map<String, ObjectNode> destinations = new LinkedHashMap<>();
        api.all("/destinations").stream()
                .filter(destination -> groups.containsValue(destination.path("id").asString()))
                .forEach(destination -> destinations.put(destination.path("id").asString(), destination));
        Map<String, ObjectNode> connections = new LinkedHashMap<>();
        Map<String, ObjectNode> choices = new LinkedHashMap<>();
        groups.forEach((name, id) -> api.all("/groups/" + id + "/connections").forEach(connection -> {
            connections.put(name + "/" + connection.path("schema").asString(), connection);
            choices.put(connection.path("id").asString(), choice(connection.path("id").asString()));
        }));
        return new Plan.Present(groups, destinations, connections, choices);
    }

    private ObjectNode choice(String connection) {
        try {
            return api.call("GET", "/connections/" + connection + "/schemas", Optional.empty());
        } catch (Fault fault) {
            // A source that was never reached shows no tables; nothing was chosen of them either.
            if (fault.kind() == FaultKind.HOST_UNREACHABLE || fault.kind() == FaultKind.LOGIN_REFUSED) {
                throw fault;
            }
            return Json.object();
        }
    }

    /// Does one step.
    ///
    /// @throws Fault if the server refuses it
    public void carryOut(Step step) {
        ObjectNode body = step.body().deepCopy();
        String path = step.path();
        if (path.contains("{group}")) {
            path = path.replace("{group}", group(step.group()));
        }
        if (path.contains("{connection}")) {
            path = path.replace("{connection}", connection(step));
        }
        if (path.equals("/destinations") || path.equals("/connections")) {
            body.put("group_id", group(step.group()));
        }
        api.call(step.method(), path, step.method().equals("DELETE") ? Optional.empty() : Optional.of(body));
    }

    private String group(String name) {
        return api.all("/groups").stream()
                .filter(group -> group.path("name").asString().equals(name))
                .map(group -> group.path("id").asString())
                .findFirst()
                .orElseThrow();
    }

    private String connection(Step step) {
        return api.all("/groups/" + group(step.group()) + "/connections").stream()
                .filter(connection -> connection.path("schema").asString().equals(step.prefix()))
                .map(connection -> connection.path("id").asString())
                .findFirst()
                .orElseThrow();
    }
}
