package dev.millrace.server.api;

import dev.millrace.core.route.Address;
import dev.millrace.route.agent.AgentRecord;
import dev.millrace.route.agent.NewAgent;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.agent.ProxyAgents;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Agents in networks that cannot be dialled from here. A token is in the answer that makes it, and in no other.
///
/// @param plane that they are part of
record ProxyEndpoints(ControlPlane plane) {

    void addTo(Endpoints api) {
        api.get("/proxy", call -> call.page(agents().all(), AgentRecord::id, this::view));
        api.post("/proxy", Role.EDITOR, this::make);
        api.get("/proxy/{id}", call -> call.ok(view(agents().find(call.path("id")))));
        api.delete("/proxy/{id}", Role.EDITOR, this::remove);
        api.post("/proxy/{id}/regenerate-secrets", Role.EDITOR, this::renew);
        api.get("/proxy/{id}/connections", call -> call.page(users(agents().find(call.path("id")).id()), ConnectionRecord::id, ProxyEndpoints::use));
    }

    private ProxyAgents agents() {
        return plane.agents();
    }

    private List<ConnectionRecord> users(String agent) {
        return plane.connections().all().stream().filter(connection -> connection.agentId().filter(agent::equals).isPresent()).toList();
    }

    private void make(Call call) {
        Fields body = call.requiredBody();
        NewAgent agent = agents().create(body.required("display_name"));
        plane.audit().add(call.actor(), "create", "proxy_agent", agent.id(), Json.object().put("display_name", body.required("display_name")));
        call.created("Proxy agent has been created", secrets(call, agent));
    }

    private void renew(Call call) {
        NewAgent agent = agents().renew(call.path("id"));
        plane.audit().add(call.actor(), "regenerate_secrets", "proxy_agent", agent.id(), Json.object());
        call.ok("Proxy agent's secrets have been regenerated", secrets(call, agent));
    }

    private void remove(Call call) {
        AgentRecord agent = agents().find(call.path("id"));
        List<String> users = users(agent.id()).stream().map(ConnectionRecord::id).toList();
        if (!users.isEmpty()) {
            throw Refusal.conflict("The proxy agent is the way of %s. Give them another one first.".formatted(String.join(", ", users)));
        }
        agents().registry().remove(agent.id());
        plane.audit().add(call.actor(), "delete", "proxy_agent", agent.id(), Json.object().put("display_name", agent.displayName()));
        call.done("Proxy agent with id '%s' has been deleted".formatted(agent.id()));
    }

    private ObjectNode secrets(Call call, NewAgent agent) {
        Address address = agents().dialled(String.valueOf(call.http().host()));
        return Json.object()
                .put("agent_id", agent.id())
                .put("auth_token", agent.token().reveal())
                .put("orchestrator_host", address.host())
                .put("orchestrator_port", address.port())
                .put("gateway_host_key", agents().hostKey().key().fingerprint())
                .put("configuration", agents().configuration(agent, address));
    }

    private ObjectNode view(AgentRecord agent) {
        ObjectNode view = Json.object()
                .put("id", agent.id())
                .put("display_name", agent.displayName())
                .put("registered_at", agent.created().toString())
                .put("status", agents().isConnected(agent) ? "CONNECTED" : "NOT_CONNECTED")
                .put("version", agent.version().orElse(""));
        agent.lastSeen().ifPresent(seen -> view.put("last_seen_at", seen.toString()));
        ArrayNode usage = view.putArray("usage");
        users(agent.id()).forEach(connection -> usage.add(use(connection)));
        return view;
    }

    private static ObjectNode use(ConnectionRecord connection) {
        return Json.object().put("connection_id", connection.id()).put("schema", connection.schemaPrefix());
    }
}
