package dev.millrace.server.setup;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.destination.DestinationChecks;
import dev.millrace.server.destination.DestinationDraft;
import dev.millrace.server.destination.DestinationKind;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.destination.DestinationRecord.SetupStatus;
import dev.millrace.server.destination.Destinations;
import dev.millrace.server.group.Groups;
import dev.millrace.server.member.Actor;
import dev.millrace.server.run.Conductor;
import dev.millrace.server.state.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// Makes, changes, tests and removes destinations, for whoever asks. Every change is in the audit log.
///
/// @param groups whose they are
/// @param destinations keep them
/// @param connections that copy into them
/// @param orders know where their files are
/// @param conductor stops runs whose copy moves, and has them go on
/// @param audit is told
public record DestinationSetup(Groups groups, Destinations destinations, Connections connections, RunOrders orders, Conductor conductor, AuditLog audit) {

    /// A destination, and what its setup tests found.
    ///
    /// @param findings as the API has them; none if the tests were not asked
    public record Tested(DestinationRecord destination, ArrayNode findings) {}

    /// By id.
    ///
    /// @throws Refusal if there is none
    public DestinationRecord find(String id) {
        return destinations.find(id).orElseThrow(() -> Refusal.notFound("Destination", id));
    }

    /// Makes one.
    ///
    /// @param body as the API has it
    /// @throws Refusal if anything is wrong with it; nothing was made
    public Tested create(Fields body, Actor actor) {
        String group = body.required("group_id");
        String service = body.required("service");
        if (groups.find(group).isEmpty()) {
            throw Refusal.notFound("Group", group);
        }
        if (destinations.find(group).isPresent()) {
            throw Refusal.conflict("Group '%s' has a destination already. Change it, or make another group.".formatted(group));
        }
        DestinationDraft draft = draft(body, DestinationKind.of(service));
        boolean tests = body.flag("run_setup_tests").orElse(true);
        DestinationRecord destination = new DestinationRecord(
                group,
                service,
                body.text("region").orElse("GCP_US_EAST4"),
                body.text("time_zone_offset").orElse("0"),
                draft.over(Json.object()),
                draft.secrets(DestinationRecord.noSecrets(group)),
                SetupStatus.INCOMPLETE,
                connections.clock().instant());
        orders.place(destination);
        destinations.add(destination);
        audit.add(actor, "create", "destination", group, Json.object().put("service", service));
        return tests ? tested(destination, trusts(body), actor) : new Tested(destination, Json.list());
    }

    private DestinationDraft draft(Fields body, DestinationKind kind) {
        DestinationDraft draft = new DestinationDraft(body.object("config").orElseGet(() -> new Fields(Json.object(), "config.")), kind, orders.vault());
        draft.check();
        return draft;
    }

    /// Changes one. Where its file is another one then, everything is copied into that, and the file so far stays as it is.
    ///
    /// @param body as the API has it
    /// @throws Refusal if anything is wrong with it, or a run cannot be stopped; nothing was changed
    public Tested change(String id, Fields body, Actor actor) {
        DestinationRecord there = find(id);
        boolean tests = body.flag("run_setup_tests").orElse(body.has("config"));
        DestinationDraft draft = draft(body, there.kind());
        DestinationRecord changed = new DestinationRecord(
                there.id(),
                there.service(),
                body.text("region").orElse(there.region()),
                body.text("time_zone_offset").orElse(there.timeZoneOffset()),
                draft.over(there.config()),
                draft.secrets(there.secrets()),
                there.setupStatus(),
                there.created());
        if (orders.place(changed).subject().equals(orders.place(there).subject())) {
            destinations.update(changed);
        } else {
            move(there, changed);
        }
        audit.add(actor, "edit", "destination", id, changed.config().deepCopy());
        return tests ? tested(changed, trusts(body), actor) : new Tested(changed, Json.list());
    }

    /// The new file is written down first: a run that is stopped begins again at once, and has to find it.
    private void move(DestinationRecord there, DestinationRecord changed) {
        List<ConnectionRecord> copied = connections.inGroup(there.id());
        destinations.update(changed);
        try {
            copied.forEach(connection -> conductor.requireStop(connection.id()));
        } catch (Refusal refusal) {
            destinations.update(there);
            throw refusal;
        } finally {
            copied.forEach(conductor::settle);
        }
    }

    /// Asks the setup tests of one.
    ///
    /// @throws Refusal if there is none
    public Tested test(String id, Actor actor) {
        return tested(find(id), false, actor);
    }

    /// Approves a certificate that the destination's server presents now, and asks the setup tests.
    ///
    /// @param fingerprint its SHA-256, or its hash as the API has it
    /// @throws Refusal if it presents another one
    public Tested approve(String id, String fingerprint, Actor actor) {
        DestinationRecord destination = find(id);
        Approvable presented = new DestinationChecks(orders).ask(destination).stream()
                .flatMap(finding -> finding.approvable().stream())
                .filter(one -> one.isMeantBy(fingerprint))
                .findFirst()
                .orElseThrow(() -> Refusal.conflict("The server does not present that now, so it was not approved. Save & Test again."));
        connections.approve(id, presented, actor.id());
        audit.add(actor, "approve", "destination", id, Json.object().put("kind", presented.kind().name()).put("fingerprint", presented.fingerprint()));
        return tested(destination, false, actor);
    }

    private static boolean trusts(Fields body) {
        return body.flag("trust_certificates").orElse(false);
    }

    /// @param trusts whether the certificate that is presented now is approved without asking anybody
    private Tested tested(DestinationRecord destination, boolean trusts, Actor actor) {
        DestinationChecks checks = new DestinationChecks(orders);
        List<PlaceFinding> findings = checks.ask(destination);
        Optional<Approvable> presented = findings.stream().flatMap(finding -> finding.approvable().stream()).findFirst();
        if (trusts && presented.isPresent()) {
            connections.approve(destination.id(), presented.get(), actor.id());
            findings = checks.ask(destination);
        }
        boolean fit = findings.stream().allMatch(PlaceFinding::fit);
        DestinationRecord found = destination.found(fit ? SetupStatus.CONNECTED : SetupStatus.INCOMPLETE);
        destinations.update(found);
        return new Tested(found, DestinationChecks.told(findings));
    }

    /// Removes one that no connection copies into. Its file stays where it is.
    public void remove(String id, Actor actor) {
        DestinationRecord destination = find(id);
        if (!connections.inGroup(destination.id()).isEmpty()) {
            throw Refusal.conflict("The destination has connections. Remove them first.");
        }
        destinations.remove(destination.id());
        audit.add(actor, "delete", "destination", destination.id(), Json.object());
    }
}
