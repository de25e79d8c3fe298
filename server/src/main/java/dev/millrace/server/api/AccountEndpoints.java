package dev.millrace.server.api;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.member.Account;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The installation, and what people may be in it.
///
/// @param plane that they are part of
record AccountEndpoints(ControlPlane plane) {

    private static final Map<Role, String> DESCRIPTIONS = Map.of(
            Role.VIEWER, "Sees everything that holds no secret.",
            Role.EDITOR, "Makes and changes connections and destinations, and has them run.",
            Role.ADMINISTRATOR, "Also decides who else may do what.");

    void addTo(Endpoints api) {
        api.get("/account/info", this::info);
        api.get("/roles", call -> call.page(List.of(Role.values()), Role::name, AccountEndpoints::view));
    }

    private void info(Call call) {
        Account account = Account.of(plane.state(), plane.connections().clock());
        ObjectNode view = Json.object().put("account_id", account.id()).put("account_name", account.name());
        call.actor().memberId().ifPresentOrElse(
                member -> view.put("user_id", member), () -> call.actor().keyId().ifPresent(key -> view.put("system_key_id", key)));
        call.ok(view);
    }

    private static ObjectNode view(Role role) {
        ObjectNode view = Json.object()
                .put("name", role.title())
                .put("description", DESCRIPTIONS.get(role))
                .put("is_custom", false)
                .put("is_deprecated", false);
        view.putArray("scope").add("ACCOUNT");
        return view;
    }
}
