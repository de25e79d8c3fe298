package dev.millrace.server.api;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.schema.SchemaConfig;
import dev.millrace.server.schema.SchemaConfig.ExcludeMode;
import dev.millrace.server.state.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What of a connection's source is copied.
///
/// @param plane that it is part of
record SchemaEndpoints(ControlPlane plane) {

    private static final String TABLE = "/connections/{id}/schemas/{schema}/tables/{table}";

    void addTo(Endpoints api) {
        api.get("/connections/{id}/schemas", call -> call.ok(schemas().show(find(call))));
        api.post("/connections/{id}/schemas", Role.EDITOR, call -> answer(call, schemas().choose(find(call), call.requiredBody(), call.actor())));
        api.patch("/connections/{id}/schemas", Role.EDITOR, call -> answer(call, schemas().change(find(call), call.requiredBody(), call.actor())));
        api.patch("/connections/{id}/schemas/{schema}", Role.EDITOR, this::changeSchema);
        api.patch(TABLE, Role.EDITOR, call -> answer(call, schemas().changeTable(find(call), table(call), call.requiredBody(), call.actor())));
        api.get(TABLE + "/columns", this::columns);
        api.patch(TABLE + "/columns/{column}", Role.EDITOR, this::changeColumn);
        api.delete(TABLE + "/columns/{column}", Role.EDITOR, this::dropColumn);
        api.post("/connections/{id}/schemas/{schema}/fetch-source-columns", Role.EDITOR, this::columnsOfTables);
        api.post("/connections/{id}/schemas/reload", Role.EDITOR, this::reload);
        api.post("/connections/{id}/schemas/drop-columns", Role.EDITOR, this::dropColumns);
    }

    private SchemaConfig schemas() {
        return plane.schemas();
    }

    private ConnectionRecord find(Call call) {
        return plane.setup().find(call.path("id"));
    }

    private static TableName table(Call call) {
        return new TableName(call.path("schema"), call.path("table"));
    }

    private static void answer(Call call, ObjectNode config) {
        call.ok("Schema config has been updated", config);
    }

    private void changeSchema(Call call) {
        answer(call, schemas().changeSchema(find(call), call.path("schema"), call.requiredBody(), call.actor()));
    }

    private void changeColumn(Call call) {
        answer(call, schemas().changeColumn(find(call), table(call), call.path("column"), call.requiredBody(), call.actor()));
    }

    private void columns(Call call) {
        ObjectNode data = Json.object();
        data.set("columns", schemas().columns(find(call), call.path("schema"), call.path("table")));
        call.ok(data);
    }

    private void columnsOfTables(Call call) {
        ConnectionRecord connection = find(call);
        Fields body = call.requiredBody();
        if (!(body.node().path("tables") instanceof ArrayNode names) || names.isEmpty() || !names.valueStream().allMatch(JsonNode::isString)) {
            throw body.wrong("tables", "a list of names of tables, with one at least");
        }
        ObjectNode data = Json.object();
        ObjectNode tables = data.putObject("tables");
        names.valueStream()
                .map(JsonNode::asString)
                .distinct()
                .forEach(name -> tables.putObject(name).set("columns", schemas().columns(connection, call.path("schema"), name)));
        call.ok(data);
    }

    private void reload(Call call) {
        ExcludeMode mode = call.body().choice("exclude_mode", ExcludeMode.values()).orElse(ExcludeMode.PRESERVE);
        call.ok("Schema config has been reloaded", schemas().reload(find(call), mode, call.actor()));
    }

    private void dropColumns(Call call) {
        schemas().dropColumns(find(call), call.requiredBody(), call.actor());
        call.done("The columns have been removed from the destination");
    }

    private void dropColumn(Call call) {
        schemas().dropColumn(find(call), table(call), call.path("column"), call.actor());
        call.done("The column has been removed from the destination");
    }
}
