package dev.millrace.server.api;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Member;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// Those who may log in.
///
/// @param plane that they are part of
record UserEndpoints(ControlPlane plane) {

    private static final Pattern EMAIL = Pattern.compile("[^\\s@\\p{Cntrl}<>]{1,64}@[^\\s@\\p{Cntrl}<>]{1,190}");
    private static final int SHORTEST_PASSWORD = 12;
    private static final int LONGEST = 200;

    void addTo(Endpoints api) {
        api.get("/users", call -> page(call, plane.members().all()));
        api.post("/users", Role.ADMINISTRATOR, this::invite);
        api.get("/users/{id}", call -> call.ok(view(find(call.path("id")))));
        api.patch("/users/{id}", Role.ADMINISTRATOR, this::change);
        api.delete("/users/{id}", Role.ADMINISTRATOR, this::remove);
        api.get("/groups/{id}/users", call -> page(call, plane.members().inGroup(group(call).id())));
        api.post("/groups/{id}/users", Role.ADMINISTRATOR, this::join);
        api.delete("/groups/{id}/users/{user}", Role.ADMINISTRATOR, this::leave);
    }

    private Member find(String id) {
        return plane.members().find(id).orElseThrow(() -> Refusal.notFound("User", id));
    }

    private Group group(Call call) {
        return plane.groups().find(call.path("id")).orElseThrow(() -> Refusal.notFound("Group", call.path("id")));
    }

    private static void page(Call call, List<Member> members) {
        Optional<String> active = call.query("active");
        call.page(members.stream().filter(member -> active.map(text -> Boolean.parseBoolean(text) == member.active()).orElse(true)).toList(), Member::id, UserEndpoints::view);
    }

    private void invite(Call call) {
        Fields body = call.requiredBody();
        String email = body.required("email");
        if (!EMAIL.matcher(email).matches()) {
            throw body.wrong("email", "an e-mail address");
        }
        if (plane.members().findByEmail(email).isPresent()) {
            throw Refusal.conflict("There is a user '%s' already.".formatted(email));
        }
        Role role = role(body).orElse(Role.VIEWER);
        Optional<Secret> password = password(body);
        Member member = plane.members().add(email, name(body, "given_name"), name(body, "family_name"), role, password);
        plane.audit().add(call.actor(), "create", "user", member.id(), Json.object().put("email", email).put("role", role.name()));
        call.created("User has been invited to the account", view(member));
    }

    private static String name(Fields body, String field) {
        String name = body.required(field);
        if (name.length() > LONGEST) {
            throw body.wrong(field, LONGEST + " characters at most");
        }
        return name;
    }

    private static Optional<Role> role(Fields body) {
        return body.text("role").map(text -> Role.find(text).orElseThrow(() -> body.wrong(
                "role", "one of " + Arrays.stream(Role.values()).map(role -> "`" + role.title() + "`").toList())));
    }

    /// Ours: the reference product sends an invitation by mail instead.
    private static Optional<Secret> password(Fields body) {
        return body.text("password").map(text -> {
            if (text.length() < SHORTEST_PASSWORD || text.length() > LONGEST) {
                throw body.wrong("password", "of %d to %d characters".formatted(SHORTEST_PASSWORD, LONGEST));
            }
            return Secret.of(text);
        });
    }

    private void change(Call call) {
        Member there = find(call.path("id"));
        Fields body = call.requiredBody();
        Member changed = new Member(
                there.id(),
                there.email(),
                body.has("given_name") ? name(body, "given_name") : there.givenName(),
                body.has("family_name") ? name(body, "family_name") : there.familyName(),
                role(body).orElse(there.role()),
                body.flag("active").orElse(there.active()),
                there.created(),
                there.loggedIn());
        Optional<Secret> password = password(body);
        if (changed.role() != Role.ADMINISTRATOR || !changed.active()) {
            requireAnother(there);
        }
        plane.members().update(changed);
        password.ifPresent(secret -> plane.members().setPassword(changed.id(), secret));
        plane.audit().add(call.actor(), "edit", "user", changed.id(), Json.object().put("role", changed.role().name()).put("active", changed.active()).put("password", password.isPresent() ? "changed" : "unchanged"));
        call.ok("User has been updated", view(changed));
    }

    /// Somebody has to be left who can let others in.
    private void requireAnother(Member leaving) {
        boolean administers = leaving.active() && leaving.role() == Role.ADMINISTRATOR;
        boolean another = plane.members().all().stream().anyMatch(member -> !member.id().equals(leaving.id()) && member.active() && member.role() == Role.ADMINISTRATOR);
        if (administers && !another) {
            throw Refusal.conflict("'%s' is the last active administrator. Make somebody else one first.".formatted(leaving.email()));
        }
    }

    private void remove(Call call) {
        Member member = find(call.path("id"));
        requireAnother(member);
        plane.members().remove(member.id());
        plane.audit().add(call.actor(), "delete", "user", member.id(), Json.object().put("email", member.email()));
        call.done("User with id '%s' has been deleted".formatted(member.id()));
    }

    private void join(Call call) {
        Group group = group(call);
        Fields body = call.requiredBody();
        String email = body.required("email");
        Member member = plane.members().findByEmail(email).orElseThrow(() -> Refusal.missing("User", "There is no user '%s'. Make one: POST /v1/users.".formatted(email)));
        String role = body.text("role").orElse(member.role().title());
        if (Role.inGroup(role).isEmpty()) {
            throw body.wrong("role", "one of `Destination Administrator`, `Destination Analyst`, `Destination Reviewer`");
        }
        plane.members().join(group.id(), member.id(), role);
        plane.audit().add(call.actor(), "join", "group", group.id(), Json.object().put("email", email));
        call.done("User has been added to the group");
    }

    private void leave(Call call) {
        Group group = group(call);
        Member member = find(call.path("user"));
        if (!plane.members().leave(group.id(), member.id())) {
            throw Refusal.missing("User", "'%s' is not in the group.".formatted(member.email()));
        }
        plane.audit().add(call.actor(), "leave", "group", group.id(), Json.object().put("email", member.email()));
        call.done("User with id '%s' has been removed from the group".formatted(member.id()));
    }

    static ObjectNode view(Member member) {
        return Json.object()
                .put("id", member.id())
                .put("email", member.email())
                .put("given_name", member.givenName())
                .put("family_name", member.familyName())
                .put("verified", true)
                .put("invited", member.loggedIn().isEmpty())
                .put("role", member.role().title())
                .put("active", member.active())
                .put("created_at", member.created().toString())
                .put("logged_in_at", member.loggedIn().map(Object::toString).orElse(null));
    }
}
