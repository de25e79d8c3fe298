package dev.millrace.server.api;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.connection.ConnectionRecord;
import io.javalin.http.HandlerType;
import java.util.Optional;

/// Keeps those whose role is for some groups out of the others, as if these were not there.
///
/// @param plane that knows what belongs to which group
record Boundary(ControlPlane plane) {

    /// What a call is about.
    ///
    /// @param kind by the API's name
    /// @param group empty if it belongs to none
    private record Subject(String kind, String id, Optional<String> group) {}

    /// Lets a call through.
    ///
    /// @throws Refusal if it is not for who makes it
    void admit(Call call, Endpoint endpoint) {
        call.require(endpoint.role());
        if (call.reach().isWhole()) {
            return;
        }
        Optional<Subject> subject = subject(call, endpoint);
        if (subject.isEmpty()) {
            if (!endpoint.method().equals(HandlerType.GET)) {
                throw new Refusal(Reason.FORBIDDEN, "Your role is for some groups, and this concerns all of them. Ask an administrator.");
            }
            return;
        }
        Subject about = subject.get();
        if (about.group().filter(call.reach()::sees).isEmpty()) {
            throw Refusal.notFound(about.kind(), about.id());
        }
        if (!call.reach().covers(about.group().get(), endpoint.role())) {
            throw new Refusal(Reason.FORBIDDEN, "This needs the role '%s', and you have less in group '%s'.".formatted(endpoint.role().title(), about.group().get()));
        }
    }

    private Optional<Subject> subject(Call call, Endpoint endpoint) {
        String path = endpoint.path();
        if (path.startsWith("/connections/{id}") || path.startsWith("/metadata/connections/{id}")) {
            return Optional.of(connection(call.path("id")));
        }
        if (path.startsWith("/groups/{id}") || path.startsWith("/destinations/{id}")) {
            return Optional.of(group(path.startsWith("/groups") ? "Group" : "Destination", call.path("id")));
        }
        if (path.startsWith("/webhooks/group/{group}")) {
            return Optional.of(group("Group", call.path("group")));
        }
        if (path.startsWith("/webhooks/{id}")) {
            return Optional.of(new Subject("Webhook", call.path("id"), plane.webhooks().find(call.path("id")).groupId()));
        }
        return endpoint.method().equals(HandlerType.POST) ? named(path, call) : Optional.empty();
    }

    /// What is made names in the body whose it is, in the fields that its own work reads.
    private Optional<Subject> named(String path, Call call) {
        return switch (path) {
            case "/connections", "/destinations" -> call.body().text("group_id").map(id -> group("Group", id));
            case "/certificates", "/fingerprints" -> {
                Fields body = call.body();
                yield body.text("connection_id").or(() -> body.text("connector_id")).map(this::connection)
                        .or(() -> body.text("destination_id").or(() -> body.text("group_id")).map(id -> group("Destination", id)));
            }
            default -> Optional.empty();
        };
    }

    private Subject connection(String id) {
        return new Subject("Connection", id, plane.connections().find(id).map(ConnectionRecord::groupId));
    }

    private static Subject group(String kind, String id) {
        return new Subject(kind, id, Optional.of(id));
    }
}
