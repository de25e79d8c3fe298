package dev.millrace.server;

import dev.millrace.server.agent.ProxyAgents;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.check.Examinations;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.destination.Destinations;
import dev.millrace.server.group.Groups;
import dev.millrace.server.member.ApiKeys;
import dev.millrace.server.member.Members;
import dev.millrace.server.run.Conductor;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.run.Runs;
import dev.millrace.server.schema.SchemaConfig;
import dev.millrace.server.setup.ConnectionSetup;
import dev.millrace.server.setup.DestinationSetup;
import dev.millrace.server.state.State;
import dev.millrace.server.usage.Usage;
import dev.millrace.server.webhook.WebhookSetup;

/// The parts of a control plane, put together; what speaks to programs and to people is built on them.
///
/// @param home its folder
/// @param state what it remembers
/// @param members who may log in
/// @param keys by which programs come in
/// @param groups of connections
/// @param destinations of groups
/// @param connections as they were set up
/// @param orders what their runs need
/// @param runs past and present
/// @param log what happened
/// @param usage how many rows were written
/// @param conductor has connections run
/// @param examinations tests them
/// @param setup makes, changes and removes them
/// @param destinationSetup makes, changes and removes destinations
/// @param schemas which tables are copied
/// @param webhooks tell other programs what happens
/// @param agents in networks that cannot be dialled
/// @param audit who changed what
public record ControlPlane(
        Home home,
        State state,
        Members members,
        ApiKeys keys,
        Groups groups,
        Destinations destinations,
        Connections connections,
        RunOrders orders,
        Runs runs,
        RunLog log,
        Usage usage,
        Conductor conductor,
        Examinations examinations,
        ConnectionSetup setup,
        DestinationSetup destinationSetup,
        SchemaConfig schemas,
        WebhookSetup webhooks,
        ProxyAgents agents,
        AuditLog audit) {}
