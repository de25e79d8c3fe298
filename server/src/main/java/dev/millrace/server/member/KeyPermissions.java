package dev.millrace.server.member;

import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.state.Json;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What somebody wants a program's key to be good for, in the API's words, and the role that comes nearest without leaving anything out.
///
/// @param given as it was sent, checked
/// @param role what the key may do
public record KeyPermissions(ArrayNode given, Role role) {

    /// What a permission is about, by the API's names.
    private enum Resource {
        ACCOUNT,
        USER,
        WEBHOOK,
        TEAM,
        ROLES,
        DESTINATION,
        TRANSFORMATION,
        REMOTE_EXECUTION_AGENT,
        CONNECTOR
    }

    /// How much it permits, by the API's names.
    private enum Access {
        NONE,
        READ,
        MANAGE
    }

    private static final Set<Resource> OF_ADMINISTRATORS = EnumSet.of(Resource.ACCOUNT, Resource.USER, Resource.TEAM, Resource.ROLES);

    /// Reads `permissions`.
    ///
    /// @throws Refusal if they are none, permit nothing, or are for some connections only, which roles cannot be
    public static KeyPermissions of(Fields body) {
        JsonNode permissions = body.node().path("permissions");
        if (!(permissions instanceof ArrayNode list) || list.isEmpty()) {
            throw Refusal.invalid("`permissions` must be a list such as `[{\"resource_type\": \"CONNECTOR\", \"access_level\": \"MANAGE\"}]`.");
        }
        ArrayNode given = Json.list();
        Role role = null;
        for (JsonNode one : list) {
            if (!(one instanceof ObjectNode permission)) {
                throw Refusal.invalid("`permissions` must hold objects with `resource_type` and `access_level`.");
            }
            Fields fields = new Fields(permission, "permissions.");
            fields.required("resource_type");
            fields.required("access_level");
            Resource resource = fields.choice("resource_type", Resource.values()).orElseThrow();
            Access access = fields.choice("access_level", Access.values()).orElseThrow();
            if (fields.object("resource_filter").filter(filter -> filter.node().valueStream().anyMatch(ids -> !ids.isEmpty())).isPresent()) {
                throw Refusal.invalid("`permissions.resource_filter` names single connections or groups; here a key is good for all of them. Leave it out.");
            }
            given.addObject().put("resource_type", resource.name()).put("access_level", access.name());
            Role wanted = role(resource, access, role);
            role = role == null || wanted != null && wanted.covers(role) ? wanted : role;
        }
        if (role == null) {
            throw Refusal.invalid("`permissions` permit nothing. Give one READ or MANAGE at least.");
        }
        return new KeyPermissions(given, role);
    }

    private static @Nullable Role role(Resource resource, Access access, @Nullable Role otherwise) {
        return switch (access) {
            case NONE -> otherwise;
            case READ -> Role.VIEWER;
            case MANAGE -> OF_ADMINISTRATORS.contains(resource) ? Role.ADMINISTRATOR : Role.EDITOR;
        };
    }
}
