package dev.millrace.server.setup;

import dev.millrace.core.fault.Fault;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.agent.ProxyAgents;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.check.Examinations;
import dev.millrace.server.check.Examinations.Trust;
import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.ConnectionRecord.Delay;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.connection.Schedule;
import dev.millrace.server.destination.Destinations;
import dev.millrace.server.group.Groups;
import dev.millrace.server.member.Actor;
import dev.millrace.server.run.Conductor;
import dev.millrace.server.run.Runs;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Makes, changes and removes connections, for whoever asks: a program, a page, a plan. Every change is in the audit log.
///
/// @param groups know where a connection may be made
/// @param destinations know where to
/// @param connections keep them
/// @param orders know whether their settings make sense
/// @param examinations test them
/// @param conductor has them run
/// @param runs knows what runs
/// @param agents know by way of whom a source can be reached
/// @param audit is told
public record ConnectionSetup(
        Groups groups,
        Destinations destinations,
        Connections connections,
        RunOrders orders,
        Examinations examinations,
        Conductor conductor,
        Runs runs,
        ProxyAgents agents,
        AuditLog audit) {

    /// The kinds of PostgreSQL that a connection may have, by the API's names.
    public static final List<String> SERVICES = List.of("aurora_postgres", "postgres", "postgres_rds", "azure_postgres", "google_cloud_postgresql", "heroku_postgres");

    /// Makes one.
    ///
    /// @param body as the API has it
    /// @throws Refusal if anything is wrong with it; nothing was made
    public ConnectionRecord create(Fields body, Actor actor) {
        ConnectionDraft draft = new ConnectionDraft(body, orders.vault());
        String group = body.required("group_id");
        String service = body.required("service");
        if (groups.find(group).isEmpty()) {
            throw Refusal.notFound("Group", group);
        }
        if (!SERVICES.contains(service)) {
            throw Refusal.invalid("`service` is '%s'; it must be one of %s.".formatted(service, String.join(", ", SERVICES)));
        }
        if (destinations.find(group).isEmpty()) {
            throw Refusal.conflict("Group '%s' has no destination yet. Make one: POST /v1/destinations.".formatted(group));
        }
        String id = Ids.next();
        String prefix = draft.schemaPrefix();
        ConnectionRecord connection = new ConnectionRecord(
                id,
                group,
                service,
                prefix,
                draft.config(Json.object()),
                draft.secrets(Sealed.none("connection/" + id)),
                ConnectionDraft.everything(),
                draft.extension(Json.object()),
                body.flag("paused").orElse(false),
                draft.schedule(Schedule.usual()),
                draft.delay(Delay.usual()),
                draft.schemaNames("FIVETRAN_NAMING"),
                draft.agentId(Optional.empty()),
                connections.clock().instant(),
                Optional.of(actor.id()));
        Wishes wishes = Wishes.of(body, true, actor);
        connection.agentId().ifPresent(agents::find);
        orders.settings(connection);
        requireFree(group, prefix);
        try {
            connections.add(connection);
        } catch (Fault fault) {
            // Another one may have been made with the prefix at the same moment.
            requireFree(group, prefix);
            throw fault;
        }
        audit.add(actor, "create", "connection", id, Json.object().put("service", service).put("schema_prefix", prefix).put("group_id", group));
        testIfAsked(connection, wishes);
        conductor.settle(connection);
        return connection;
    }

    private void requireFree(String group, String prefix) {
        if (connections.inGroup(group).stream().anyMatch(other -> other.schemaPrefix().equals(prefix))) {
            throw Refusal.conflict("The group has a connection with the schema prefix '%s' already. Choose another one.".formatted(prefix));
        }
    }

    /// What shall be done once a connection is made or changed; read before, so that what is refused has changed nothing.
    ///
    /// @param tests whether it is tested
    /// @param copies whether every table is copied again
    private record Wishes(boolean tests, Trust trust, boolean copies) {

        static Wishes of(Fields body, boolean testsUsually, Actor actor) {
            return new Wishes(
                    body.flag("run_setup_tests").orElse(testsUsually),
                    new Trust(body.flag("trust_certificates").orElse(false), body.flag("trust_fingerprints").orElse(false), actor.id()),
                    body.flag("is_historical_sync").orElse(false));
        }
    }

    private void testIfAsked(ConnectionRecord connection, Wishes wishes) {
        if (wishes.tests()) {
            examinations.test(connection, wishes.trust(), _ -> {});
        }
    }

    /// Changes one. A run that goes on is stopped first where it works by what changes, and goes on by what is new.
    ///
    /// @param body what changes, as the API has it
    /// @throws Refusal if anything is wrong with it, or the run cannot be stopped; nothing was changed
    public ConnectionRecord change(String id, Fields body, Actor actor) {
        ConnectionDraft draft = new ConnectionDraft(body, orders.vault());
        ConnectionRecord there = find(id);
        if (!draft.isPersistent()) {
            throw Refusal.invalid("Nothing in the body would be kept. To run the setup tests alone: POST /v1/connections/%s/test.".formatted(id));
        }
        Wishes wishes = Wishes.of(body, draft.changesSetup(), actor);
        ConnectionRecord wanted = draft.over(there);
        if (!wanted.agentId().equals(there.agentId())) {
            wanted.agentId().ifPresent(agents::find);
        }
        if (draft.changesSetup()) {
            orders.settings(wanted);
        }
        ConnectionRecord changed = connections.change(id, draft::over).orElseThrow(() -> Refusal.notFound("Connection", id));
        if (draft.changesSetup()) {
            stopOrTakeBack(there);
        }
        audit.add(actor, action(there, changed), "connection", id, told(body));
        if (changed.paused() && !there.paused()) {
            conductor.settle(changed);
            conductor.stop(id, Duration.ZERO);
        }
        if (there.paused() && !changed.paused()) {
            conductor.resume(id);
        }
        testIfAsked(changed, wishes);
        conductor.settle(changed);
        if (wishes.copies()) {
            conductor.resync(changed, List.of(Runs.EVERY_TABLE));
        }
        return changed;
    }

    /// What changed was written first: a run that is stopped begins again at once, and has to find it.
    private void stopOrTakeBack(ConnectionRecord there) {
        try {
            conductor.requireStop(there.id());
        } catch (Refusal refusal) {
            connections.change(there.id(), _ -> there);
            throw refusal;
        }
    }

    private static String action(ConnectionRecord there, ConnectionRecord changed) {
        return there.paused() == changed.paused() ? "edit" : changed.paused() ? "pause" : "resume";
    }

    /// The names of what was sent, and of values only those that are no secrets.
    private static ObjectNode told(Fields body) {
        ObjectNode told = body.node().deepCopy();
        if (told.get("config") instanceof ObjectNode config) {
            config.propertyNames().stream()
                    .filter(name -> ConfigField.find(name).filter(field -> field.kind() != ConfigField.Kind.SECRET).isEmpty())
                    .toList()
                    .forEach(name -> config.put(name, Sealed.MASK));
        }
        told.remove("auth");
        return told;
    }

    /// Runs the setup tests of one.
    public ConnectionRecord test(String id, Fields body, Actor actor) {
        ConnectionRecord connection = find(id);
        examinations.test(connection, Wishes.of(body, true, actor).trust(), _ -> {});
        audit.add(actor, "test", "connection", id, Json.object());
        conductor.settle(connection);
        return connection;
    }

    /// Removes one. What was copied stays at the destination, and the slot at the source.
    ///
    /// @throws Refusal if its run cannot be stopped; nothing was changed but that it is paused
    public void remove(String id, Actor actor) {
        ConnectionRecord there = find(id);
        connections.change(id, connection -> connection.withPaused(true)).ifPresent(conductor::settle);
        conductor.requireStop(id);
        conductor.forget(id);
        connections.remove(id);
        audit.add(
                actor,
                "delete",
                "connection",
                id,
                Json.object().put("service", there.service()).put("schema_prefix", there.schemaPrefix()).put("group_id", there.groupId()));
    }

    /// By id.
    ///
    /// @throws Refusal if there is none
    public ConnectionRecord find(String id) {
        return connections.find(id).orElseThrow(() -> Refusal.notFound("Connection", id));
    }
}
