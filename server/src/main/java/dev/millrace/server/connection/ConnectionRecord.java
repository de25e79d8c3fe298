package dev.millrace.server.connection;

import dev.millrace.server.secret.Sealed;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// All that people decided about one connection: one source, one destination, one schedule.
///
/// @param id ours
/// @param groupId of its group, and its destination
/// @param service what kind of PostgreSQL it is, by the API's name
/// @param schemaPrefix what its schemas at the destination begin with
/// @param config of the source, by the names of [ConfigField]; no secrets
/// @param secrets of the source, by the same names
/// @param choice which schemas, tables and columns, as the API's schema config has them
/// @param extension what the reference product has no name for, see [Extension]
/// @param paused whether it is left alone
/// @param schedule when it is synced
/// @param delay what counts as late; for who asks
/// @param schemaNames by which rules the destination's names are made
/// @param agentId by way of which agent; empty if none
/// @param created when
/// @param createdBy the actor's id
public record ConnectionRecord(
        String id,
        String groupId,
        String service,
        String schemaPrefix,
        ObjectNode config,
        Sealed secrets,
        ObjectNode choice,
        ObjectNode extension,
        boolean paused,
        Schedule schedule,
        Delay delay,
        String schemaNames,
        Optional<String> agentId,
        Instant created,
        Optional<String> createdBy) {

    /// What counts as late.
    ///
    /// @param sensitivity `LOW`, `NORMAL`, `HIGH`, `CUSTOM` or `SYNC_FREQUENCY`
    /// @param thresholdMinutes with `CUSTOM`
    public record Delay(String sensitivity, Optional<Integer> thresholdMinutes) {

        /// What a connection has of which nothing else is said.
        public static Delay usual() {
            return new Delay("NORMAL", Optional.empty());
        }
    }

    /// The same, paused or not.
    public ConnectionRecord withPaused(boolean now) {
        return new ConnectionRecord(
                id, groupId, service, schemaPrefix, config, secrets, choice, extension, now, schedule, delay, schemaNames, agentId, created, createdBy);
    }

    /// The same with another choice of tables.
    public ConnectionRecord withChoice(ObjectNode other) {
        return new ConnectionRecord(
                id, groupId, service, schemaPrefix, config, secrets, other, extension, paused, schedule, delay, schemaNames, agentId, created, createdBy);
    }

    /// The same with other secrets.
    public ConnectionRecord withSecrets(Sealed others) {
        return new ConnectionRecord(
                id, groupId, service, schemaPrefix, config, others, choice, extension, paused, schedule, delay, schemaNames, agentId, created, createdBy);
    }
}
