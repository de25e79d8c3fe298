package dev.millrace.server.api;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.destination.ColumnTypes;
import dev.millrace.server.metadata.ConnectorType;
import dev.millrace.server.state.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What can be connected to, and what of a connection's source is at its destination.
///
/// @param plane that they are part of
record MetadataEndpoints(ControlPlane plane) {

    void addTo(Endpoints api) {
        api.get("/metadata/connector-types", MetadataEndpoints::types);
        api.get("/metadata/connector-types/{service}", call -> call.ok(find(call.path("service")).whole()));
        api.get("/metadata/connections", MetadataEndpoints::types);
        api.get("/metadata/connections/{id}/schemas", call -> page(call, this::schemas));
        api.get("/metadata/connections/{id}/tables", call -> page(call, this::tables));
        api.get("/metadata/connections/{id}/columns", call -> page(call, this::columns));
    }

    private static void types(Call call) {
        call.page(ConnectorType.all(), ConnectorType::id, ConnectorType::brief);
    }

    private static ConnectorType find(String service) {
        return ConnectorType.find(service).orElseThrow(() -> Refusal.missing(
                "ConnectorType",
                "There is no connector type '%s' here; there are %s.".formatted(service, String.join(", ", ConnectorType.all().stream().map(ConnectorType::id).toList()))));
    }

    private void page(Call call, Function<ConnectionRecord, List<ObjectNode>> items) {
        call.page(items.apply(plane.setup().find(call.path("id"))), item -> item.path("id").asString(), item -> item);
    }

    private List<ObjectNode> schemas(ConnectionRecord connection) {
        List<ObjectNode> items = new ArrayList<>();
        plane.schemas().whole(connection).path("schemas").properties().forEach(schema -> enabled(schema.getValue(), () -> items.add(item(id(schema.getKey()), schema.getKey(), schema.getValue()))));
        return items;
    }

    private List<ObjectNode> tables(ConnectionRecord connection) {
        List<ObjectNode> items = new ArrayList<>();
        eachTable(plane.schemas().whole(connection).path("schemas"), (schema, name, table) -> items.add(item(id(schema, name), name, table).put("parent_id", id(schema))));
        return items;
    }

    private List<ObjectNode> columns(ConnectionRecord connection) {
        List<ObjectNode> items = new ArrayList<>();
        Optional<ColumnTypes> types = plane.destinations().find(connection.groupId()).map(destination -> ColumnTypes.of(plane.orders().place(destination)));
        JsonNode schemas = plane.schemas().whole(connection).path("schemas");
        eachTable(schemas, (schema, name, table) -> table.path("columns").properties().forEach(column -> enabled(column.getValue(), () -> items.add(
                item(id(schema, name, column.getKey()), column.getKey(), column.getValue())
                        .put("parent_id", id(schema, name))
                        .put("type_in_source", column.getValue().path("type").asString(""))
                        .put("type_in_destination", types.flatMap(all -> all.of(named(schemas.path(schema)), named(table), named(column.getValue()))).orElse(null))
                        .put("is_primary_key", column.getValue().path("is_primary_key").asBoolean())
                        .put("is_foreign_key", false)))));
        return items;
    }

    private static String named(JsonNode one) {
        return one.path("name_in_destination").asString("");
    }

    private interface EachTable {
        void see(String schema, String name, JsonNode table);
    }

    private static void eachTable(JsonNode schemas, EachTable each) {
        schemas.properties().forEach(schema -> enabled(schema.getValue(), () -> schema.getValue()
                .path("tables")
                .properties()
                .forEach(table -> enabled(table.getValue(), () -> each.see(schema.getKey(), table.getKey(), table.getValue())))));
    }

    private static void enabled(JsonNode one, Runnable work) {
        if (one.path("enabled").asBoolean()) {
            work.run();
        }
    }

    private static ObjectNode item(String id, String name, JsonNode named) {
        return Json.object().put("id", id).put("name_in_source", name).put("name_in_destination", named(named));
    }

    /// The same for the same names, whatever else changes.
    private static String id(String... names) {
        return UUID.nameUUIDFromBytes(String.join("\0", names).getBytes(StandardCharsets.UTF_8)).toString();
    }
}
