package dev.millrace.server.api;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.run.Runs;
import dev.millrace.server.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Connections: making, changing, testing, syncing.
///
/// @param plane that they are part of
record ConnectionEndpoints(ControlPlane plane) {

    void addTo(Endpoints api) {
        api.get("/connections", this::list);
        api.post("/connections", Role.EDITOR, this::make);
        api.get("/connections/{id}", call -> call.ok(view(plane.setup().find(call.path("id")))));
        api.patch("/connections/{id}", Role.EDITOR, this::change);
        api.delete("/connections/{id}", Role.EDITOR, this::remove);
        api.post("/connections/{id}/test", Role.EDITOR, this::test);
        api.post("/connections/{id}/sync", Role.EDITOR, this::sync);
        api.post("/connections/{id}/force", Role.EDITOR, this::sync);
        api.post("/connections/{id}/resync", Role.EDITOR, this::resync);
        api.post("/connections/{id}/schemas/tables/resync", Role.EDITOR, this::resyncTables);
        api.post("/connections/{id}/schemas/{schema}/tables/{table}/resync", Role.EDITOR, this::resyncTable);
        api.get("/connections/{id}/state", this::state);
    }

    private ObjectNode view(ConnectionRecord connection) {
        return new ConnectionView(plane).of(connection);
    }

    private void list(Call call) {
        List<ConnectionRecord> all = plane.connections().all().stream()
                .filter(connection -> call.reach().sees(connection.groupId()))
                .filter(connection -> call.query("group_id").map(connection.groupId()::equals).orElse(true))
                .filter(connection -> call.query("schema").map(connection.schemaPrefix()::equals).orElse(true))
                .toList();
        call.page(all, ConnectionRecord::id, this::view);
    }

    private void make(Call call) {
        ConnectionRecord connection = plane.setup().create(call.requiredBody(), call.actor());
        call.created("Connection has been created", view(connection));
    }

    private void change(Call call) {
        ConnectionRecord connection = plane.setup().change(call.path("id"), call.requiredBody(), call.actor());
        call.ok("Connection has been updated", view(connection));
    }

    private void remove(Call call) {
        plane.setup().remove(call.path("id"), call.actor());
        call.done("Connection with id '%s' has been deleted".formatted(call.path("id")));
    }

    private void test(Call call) {
        ConnectionRecord connection = plane.setup().test(call.path("id"), call.requiredBody(), call.actor());
        call.ok("Setup tests have been completed", view(connection));
    }

    private void sync(Call call) {
        ConnectionRecord connection = plane.setup().find(call.path("id"));
        plane.conductor().sync(connection, call.body().flag("force").orElse(false));
        plane.audit().add(call.actor(), "sync", "connection", connection.id(), Json.object());
        call.done("Sync has been successfully triggered for connection with id '%s'".formatted(connection.id()));
    }

    private void resync(Call call) {
        ConnectionRecord connection = plane.setup().find(call.path("id"));
        Fields body = call.body();
        List<TableName> tables = body.has("scope") ? tables(body.object("scope").orElseThrow().node(), "scope") : List.of(Runs.EVERY_TABLE);
        begin(call, connection, tables);
    }

    private void resyncTables(Call call) {
        begin(call, plane.setup().find(call.path("id")), tables(call.requiredBody().node(), "The body"));
    }

    private void resyncTable(Call call) {
        begin(call, plane.setup().find(call.path("id")), List.of(new TableName(call.path("schema"), call.path("table"))));
    }

    private static List<TableName> tables(ObjectNode scope, String name) {
        List<TableName> tables = new ArrayList<>();
        scope.properties().forEach(schema -> {
            if (!(schema.getValue() instanceof ArrayNode list) || list.isEmpty() || !list.valueStream().allMatch(ConnectionEndpoints::isName) || schema.getKey().isEmpty()) {
                throw Refusal.invalid("`%s` must be a list of names of tables, with one at least.".formatted(schema.getKey()));
            }
            list.forEach(table -> tables.add(new TableName(schema.getKey(), table.asString())));
        });
        if (tables.isEmpty()) {
            throw Refusal.invalid("%s names no table. Leave `scope` out to have every table copied again.".formatted(name));
        }
        return tables;
    }

    private static boolean isName(JsonNode node) {
        return node.isString() && !node.asString().isEmpty();
    }

    /// What the source is known not to have cannot be copied again; what was never read is taken on trust.
    private void requireThere(ConnectionRecord connection, List<TableName> tables) {
        plane.schemas().known(connection).ifPresent(source -> tables.stream()
                .filter(table -> !table.equals(Runs.EVERY_TABLE))
                .forEach(table -> source.require(table.schema(), table.table())));
    }

    private void begin(Call call, ConnectionRecord connection, List<TableName> tables) {
        requireThere(connection, tables);
        plane.conductor().resync(connection, tables);
        ObjectNode named = Json.object();
        named.set("tables", Json.tree(tables.stream().map(TableName::toString).toList()));
        plane.audit().add(call.actor(), "resync", "connection", connection.id(), named);
        call.done("Re-sync has been triggered successfully");
    }

    private void state(Call call) {
        ConnectionRecord connection = plane.setup().find(call.path("id"));
        ObjectNode state = Json.object();
        Optional<String> position = plane.runs().last(connection.id(), 50).stream().flatMap(run -> run.position().stream()).findFirst();
        state.putObject("state").put("position", position.orElse(null));
        call.ok(state);
    }
}
