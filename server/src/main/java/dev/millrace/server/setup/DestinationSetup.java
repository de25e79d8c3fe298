package dev.millrace.server.setup;

import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.destination.DestinationChecks;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.destination.DestinationRecord.SetupStatus;
import dev.millrace.server.destination.Destinations;
import dev.millrace.server.group.Groups;
import dev.millrace.server.member.Actor;
import dev.millrace.server.run.Conductor;
import dev.millrace.server.state.Json;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes, changes, tests and removes destinations, for whoever asks. Every change is in the audit log.
///
/// @param groups whose they are
/// @param destinations keep them
/// @param connections that copy into them
/// @param orders know where their files are
/// @param conductor stops runs whose copy moves, and has them go on
/// @param audit is told
public record DestinationSetup(Groups groups, Destinations destinations, Connections connections, RunOrders orders, Conductor conductor, AuditLog audit) {

    private static final List<String> SERVICES = List.of("duckdb");

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
                connections.clock().instant());
        orders.file(destination);
        destinations.add(destination);
        audit.add(actor, "create", "destination", group, Json.object().put("service", service));
        return tests ? tested(destination) : new Tested(destination, Json.list());
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

    /// Changes one. Where its file is another one then, everything is copied into that, and the file so far stays as it is.
    ///
    /// @param body as the API has it
    /// @throws Refusal if anything is wrong with it, or a run cannot be stopped; nothing was changed
    public Tested change(String id, Fields body, Actor actor) {
        DestinationRecord there = find(id);
        boolean tests = body.flag("run_setup_tests").orElse(body.has("config"));
        DestinationRecord changed = new DestinationRecord(
                there.id(),
                there.service(),
                body.text("region").orElse(there.region()),
                body.text("time_zone_offset").orElse(there.timeZoneOffset()),
                config(body, there.config()),
                there.setupStatus(),
                there.created());
        Path file = orders.file(changed);
        if (file.equals(orders.file(there))) {
            destinations.update(changed);
        } else {
            move(there, changed);
        }
        audit.add(actor, "edit", "destination", id, changed.config().deepCopy());
        return tests ? tested(changed) : new Tested(changed, Json.list());
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
    public Tested test(String id) {
        return tested(find(id));
    }

    private Tested tested(DestinationRecord destination) {
        ArrayNode findings = new DestinationChecks(orders).ask(destination);
        boolean fit = findings.valueStream().noneMatch(finding -> finding.path("status").asString("").equals("FAILED"));
        DestinationRecord found = destination.found(fit ? SetupStatus.CONNECTED : SetupStatus.INCOMPLETE);
        destinations.update(found);
        return new Tested(found, findings);
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
