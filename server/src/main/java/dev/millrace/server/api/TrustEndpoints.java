package dev.millrace.server.api;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Approvable.Kind;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.Connections.Approved;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.trust.Submission;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// Certificates and host keys that were approved for a connection or a destination.
///
/// @param plane that they are part of
record TrustEndpoints(ControlPlane plane) {

    /// What can be approved, by the API's word for several of it.
    private static final Map<String, Kind> KINDS = Map.of("certificates", Kind.CERTIFICATE, "fingerprints", Kind.HOST_KEY);

    void addTo(Endpoints api) {
        KINDS.forEach((word, kind) -> {
            addTo(api, "/connections/{id}/" + word, kind, call -> plane.setup().find(call.path("id")).id());
            addTo(api, "/destinations/{id}/" + word, kind, call -> destination(call.path("id")));
            api.post("/" + word, Role.EDITOR, call -> approve(call, kind));
        });
    }

    private void addTo(Endpoints api, String path, Kind kind, Function<Call, String> owner) {
        api.get(path, call -> call.page(plane.connections().approved(owner.apply(call), kind), one -> Submission.id(one.what()), TrustEndpoints::view));
        api.post(path, Role.EDITOR, call -> call.created(noun(kind) + " has been approved", view(approve(call, owner.apply(call), kind, call.requiredBody()))));
        api.get(path + "/{hash}", call -> call.ok(view(find(owner.apply(call), kind, call.path("hash")))));
        api.delete(path + "/{hash}", Role.EDITOR, call -> revoke(call, owner.apply(call), kind));
    }

    private String destination(String id) {
        return plane.destinations().find(id).orElseThrow(() -> Refusal.notFound("Destination", id)).id();
    }

    private static String noun(Kind kind) {
        return kind == Kind.CERTIFICATE ? "Certificate" : "Fingerprint";
    }

    /// The same by the paths of earlier days, which name the owner in the body and show nothing of it.
    private void approve(Call call, Kind kind) {
        Fields body = call.requiredBody();
        Optional<String> connection = body.text("connection_id").or(() -> body.text("connector_id"));
        Optional<String> destination = body.text("destination_id").or(() -> body.text("group_id"));
        String owner = connection.map(id -> plane.setup().find(id).id())
                .or(() -> destination.map(this::destination))
                .orElseThrow(() -> Refusal.invalid("`connection_id` or `destination_id` is missing."));
        approve(call, owner, kind, body);
        call.done(noun(kind) + " has been approved");
    }

    private Approved approve(Call call, String owner, Kind kind, Fields body) {
        Approvable one = kind == Kind.CERTIFICATE ? Submission.certificate(body) : Submission.hostKey(body);
        plane.connections().approve(owner, one, call.actor().id());
        plane.audit().add(call.actor(), "approve", kind.name().toLowerCase(Locale.ROOT), owner, Json.object().put("name", one.name()).put("fingerprint", one.fingerprint()));
        return find(owner, kind, one.fingerprint());
    }

    private Approved find(String owner, Kind kind, String hash) {
        Optional<String> fingerprint = Submission.fingerprint(kind, hash);
        return plane.connections().approved(owner, kind).stream()
                .filter(one -> fingerprint.filter(one.what().fingerprint()::equals).isPresent())
                .findFirst()
                .orElseThrow(() -> Refusal.notFound(noun(kind), hash));
    }

    private void revoke(Call call, String owner, Kind kind) {
        Approvable one = find(owner, kind, call.path("hash")).what();
        plane.connections().disapprove(owner, kind, one.fingerprint());
        plane.audit().add(call.actor(), "revoke", kind.name().toLowerCase(Locale.ROOT), owner, Json.object().put("name", one.name()).put("fingerprint", one.fingerprint()));
        call.done("%s with hash '%s' has been revoked; sessions that are open end with their run".formatted(noun(kind), call.path("hash")));
    }

    private static ObjectNode view(Approved approved) {
        Approvable one = approved.what();
        ObjectNode view = Json.object().put("id", Submission.id(one)).put("name", one.name()).put("hash", one.fingerprint());
        one.facts().forEach(view::put);
        view.remove("encoded_cert");
        return view.put("validated_date", approved.at().toString()).put("validated_by", approved.by().orElse("millrace"));
    }
}
