package dev.millrace.server.plan;

import dev.millrace.server.plan.Step.Change;
import dev.millrace.server.plan.Step.Kind;
import dev.millrace.server.state.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What has to be done so that a server is as a folder of settings files says, in order.
///
/// @param steps none if it is so already
public record Plan(List<Step> steps) {

    /// Keeps its own copy of the list.
    public Plan {
        steps = List.copyOf(steps);
    }

    /// What a server has.
    ///
    /// @param groups ids by name
    /// @param destinations by id of their group, as the API has them
    /// @param connections by `group name/prefix`, as the API has them
    /// @param choices what was chosen of a connection's tables, by its id
    public record Present(Map<String, String> groups, Map<String, ObjectNode> destinations, Map<String, ObjectNode> connections, Map<String, ObjectNode> choices) {}

    /// Compares.
    ///
    /// @param wanted what the folder says
    /// @param present what the server has
    /// @param withSecrets whether secrets are sent to connections that are there: what they are now cannot be seen
    /// @param prune whether connections that the folder does not name are removed
    public static Plan of(List<PlanFile> wanted, Present present, boolean withSecrets, boolean prune) {
        List<Step> steps = new ArrayList<>();
        Map<String, PlanDestination> groups = new LinkedHashMap<>();
        wanted.forEach(file -> groups.putIfAbsent(file.group(), file.destination()));
        groups.forEach((group, destination) -> group(group, destination, present, withSecrets, steps));
        wanted.forEach(file -> connection(file, present, withSecrets, steps));
        if (prune) {
            present.connections().forEach((name, connection) -> {
                if (wanted.stream().noneMatch(file -> name.equals(file.group() + "/" + file.prefix()))) {
                    steps.add(new Step(Kind.REMOVE, "connection " + name, List.of(), "DELETE", "/connections/" + connection.path("id").asString(), Json.object(), "", ""));
                }
            });
        }
        return new Plan(steps);
    }

    private static void group(String group, PlanDestination destination, Present present, boolean withSecrets, List<Step> steps) {
        Optional<String> id = Optional.ofNullable(present.groups().get(group));
        if (id.isEmpty()) {
            steps.add(new Step(Kind.MAKE, "group " + group, List.of(), "POST", "/groups", Json.object().put("name", group), group, ""));
        }
        Optional<ObjectNode> there = id.map(present.destinations()::get);
        if (there.isEmpty()) {
            ObjectNode body = Json.object().put("service", destination.service()).put("region", "GCP_US_EAST4").put("time_zone_offset", "0");
            List<Change> changes = new ArrayList<>(changes("config", Json.object(), destination.config()));
            body.set("config", secret(destination, "", changes));
            steps.add(new Step(Kind.MAKE, "destination of " + group, changes, "POST", "/destinations", body, group, ""));
            return;
        }
        ObjectNode config = there.get().path("config") instanceof ObjectNode fields ? fields : Json.object();
        List<Change> changes = new ArrayList<>(changes("config", config, destination.config()));
        ObjectNode wanted = withSecrets ? secret(destination, "(secret)", changes) : destination.config();
        if (!changes.isEmpty()) {
            ObjectNode body = Json.object();
            body.set("config", wanted);
            steps.add(new Step(Kind.CHANGE, "destination of " + group, changes, "PATCH", "/destinations/{group}", body, group, ""));
        }
    }

    /// The config with its secrets, each of which counts as a change.
    private static ObjectNode secret(PlanDestination destination, String before, List<Change> changes) {
        ObjectNode config = destination.config().deepCopy();
        destination.secrets().forEach((name, value) -> {
            config.put(name, value);
            changes.add(new Change("config." + name, before, "(secret)"));
        });
        return config;
    }

    private static void connection(PlanFile file, Present present, boolean withSecrets, List<Step> steps) {
        String name = file.group() + "/" + file.prefix();
        ObjectNode there = present.connections().get(name);
        ObjectNode body = file.connection().deepCopy();
        ObjectNode config = (ObjectNode) body.get("config");
        if (there == null) {
            config.put("schema_prefix", file.prefix());
            List<Change> changes = new ArrayList<>(changes("", Json.object(), body));
            file.secrets().forEach(config::put);
            file.secrets().keySet().forEach(secret -> changes.add(new Change("config." + secret, "", "(secret)")));
            body.put("service", file.service());
            steps.add(new Step(Kind.MAKE, "connection " + name, changes, "POST", "/connections", body, file.group(), file.prefix()));
        } else {
            List<Change> changes = new ArrayList<>(changes("", there, body));
            removed(there, body, changes);
            if (withSecrets) {
                file.secrets().forEach(config::put);
                file.secrets().keySet().forEach(secret -> changes.add(new Change("config." + secret, "(secret)", "(secret)")));
            }
            if (!changes.isEmpty()) {
                steps.add(new Step(Kind.CHANGE, "connection " + name, changes, "PATCH", "/connections/{connection}", body, file.group(), file.prefix()));
            }
        }
        ObjectNode chosen = there == null ? Json.object() : present.choices().getOrDefault(there.path("id").asString(), Json.object());
        List<Change> choices = changes("", chosen, file.choice());
        if (!choices.isEmpty()) {
            steps.add(new Step(
                    there == null ? Kind.MAKE : Kind.CHANGE, "tables of " + name, choices, "PATCH", "/connections/{connection}/schemas", file.choice(), file.group(), file.prefix()));
        }
    }

    /// A field of the config that the file leaves out is taken away.
    private static void removed(ObjectNode there, ObjectNode body, List<Change> changes) {
        ObjectNode config = (ObjectNode) body.get("config");
        there.path("config").properties().forEach(field -> {
            boolean hidden = field.getValue().asString("").equals("******");
            boolean ours = List.of("schema_prefix", "public_key").contains(field.getKey());
            if (!config.has(field.getKey()) && !hidden && !ours) {
                changes.add(new Change("config." + field.getKey(), text(field.getValue()), ""));
                config.putNull(field.getKey());
            }
        });
    }

    /// What of `wanted` is not so, by path.
    private static List<Change> changes(String path, ObjectNode present, ObjectNode wanted) {
        List<Change> changes = new ArrayList<>();
        for (String name : new TreeSet<>(wanted.propertyNames())) {
            JsonNode to = wanted.get(name);
            JsonNode from = present.path(name);
            String field = path.isEmpty() ? name : path + "." + name;
            if (to instanceof ObjectNode block) {
                changes.addAll(changes(field, from instanceof ObjectNode there ? there : Json.object(), block));
            } else if (!text(from).equals(text(to)) && !(from.isMissingNode() && isNothing(to))) {
                changes.add(new Change(field, text(from), text(to)));
            }
        }
        return changes;
    }

    private static boolean isNothing(JsonNode node) {
        return node.isBoolean() && !node.asBoolean();
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? "" : node.isValueNode() ? node.asString() : node.toString();
    }
}
