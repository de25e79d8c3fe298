package dev.millrace.server.web.connection;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.schema.SchemaConfig.ExcludeMode;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.worker.settings.SchemaChangeHandling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which schemas, tables and columns are copied. Tables are fetched when their schema is opened, and columns when their table is.
///
/// @param site that it is part of
public record SchemaPages(Site site) {

    private static final int TABLES = 200;
    private static final int FOUND = 50;

    /// The page.
    ///
    /// @param handling what becomes of what comes to the source later
    /// @param wanted a part of the names of tables that somebody looks for; empty if nobody does
    public record SchemaPage(Head head, String handling, List<Schema> schemas, String wanted, Found found) {

        /// What can be chosen.
        public Map<String, String> handlings() {
            return Map.of(
                    SchemaChangeHandling.ALLOW_ALL.name(), "Copy new tables and columns",
                    SchemaChangeHandling.ALLOW_COLUMNS.name(), "Copy new columns of known tables",
                    SchemaChangeHandling.BLOCK_ALL.name(), "Copy nothing new");
        }
    }

    /// A schema.
    public record Schema(String name, String query, String target, boolean enabled, long copied, int tables) {}

    /// Tables that somebody looked for.
    ///
    /// @param count of all of them
    /// @param shown of them here
    public record Found(int count, int shown, List<FoundIn> schemas) {

        /// Keeps its own copy of the list.
        public Found {
            schemas = List.copyOf(schemas);
        }

        /// Whether there are more than are shown.
        public boolean isCut() {
            return count > shown;
        }
    }

    /// Those of one schema.
    public record FoundIn(String name, String target, List<SchemaLeaf> tables) {}

    /// Tables of a schema.
    ///
    /// @param rest where the next ones are; empty after the last
    public record Tables(List<SchemaLeaf> tables, String rest) {}

    /// Columns of a table.
    public record Columns(List<Column> columns) {}

    /// A column.
    public record Column(
            String path, String csrf, boolean isEditor, String schema, String table, String name, String target, String type, boolean key, boolean enabled, boolean hashed) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/schema", visit -> visit.show("schema", page(visit)));
        routes.get("/connections/{id}/schema/found", visit -> visit.show("schemaTree", page(visit)));
        routes.get("/connections/{id}/schema/tables", this::tables);
        routes.get("/connections/{id}/schema/columns", visit -> visit.show("schemaColumns", columns(visit, name(visit::query))));
        routes.post("/connections/{id}/schema/reload", Role.EDITOR, this::reload);
        routes.post("/connections/{id}/schema/handling", Role.EDITOR, this::changeHandling);
        routes.post("/connections/{id}/schema/schema", Role.EDITOR, this::changeSchema);
        routes.post("/connections/{id}/schema/table", Role.EDITOR, this::changeTable);
        routes.post("/connections/{id}/schema/column", Role.EDITOR, this::changeColumn);
    }

    private ObjectNode config(ConnectionRecord connection) {
        return site.plane().schemas().show(connection);
    }

    private SchemaPage page(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        ObjectNode config = config(connection);
        List<Schema> schemas = config.path("schemas").properties().stream().map(schema -> schema(schema.getKey(), schema.getValue())).toList();
        String wanted = visit.query("q").map(String::strip).orElse("");
        Found found = wanted.isEmpty() ? new Found(0, 0, List.of()) : find(SchemaLeaf.Place.of(visit, connection), config, wanted);
        return new SchemaPage(Head.of(visit, connection, Head.Tab.SCHEMA), config.path("schema_change_handling").asString(""), schemas, wanted, found);
    }

    /// By a part of `schema.table`, whatever its case.
    private static Found find(SchemaLeaf.Place place, ObjectNode config, String wanted) {
        String part = wanted.toLowerCase(Locale.ROOT);
        List<TableName> all = config.path("schemas").properties().stream()
                .flatMap(schema -> schema.getValue().path("tables").propertyNames().stream().map(table -> new TableName(schema.getKey(), table)))
                .filter(table -> table.toString().toLowerCase(Locale.ROOT).contains(part))
                .toList();
        Map<String, List<TableName>> bySchema = all.stream().limit(FOUND).collect(Collectors.groupingBy(TableName::schema, LinkedHashMap::new, Collectors.toList()));
        List<FoundIn> schemas = bySchema.entrySet().stream()
                .map(group -> {
                    JsonNode schema = config.path("schemas").path(group.getKey());
                    List<SchemaLeaf> tables = group.getValue().stream().map(table -> SchemaLeaf.of(place, table, schema, schema.path("tables").path(table.table()), "")).toList();
                    return new FoundIn(group.getKey(), schema.path("name_in_destination").asString(""), tables);
                })
                .toList();
        return new Found(all.size(), Math.min(all.size(), FOUND), schemas);
    }

    private static Schema schema(String name, JsonNode schema) {
        JsonNode tables = schema.path("tables");
        long copied = tables.valueStream().filter(table -> table.path("enabled").asBoolean(false)).count();
        boolean enabled = schema.path("enabled").asBoolean(false);
        return new Schema(name, "schema=" + SchemaLeaf.encode(name), schema.path("name_in_destination").asString(""), enabled, enabled ? copied : 0, tables.size());
    }

    private void tables(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        String schema = visit.query("schema").orElse("");
        int from = visit.query("from").map(Integer::parseInt).orElse(0);
        JsonNode config = config(connection).path("schemas").path(schema);
        SchemaLeaf.Place place = SchemaLeaf.Place.of(visit, connection);
        List<SchemaLeaf> all = config.path("tables").properties().stream()
                .skip(from)
                .limit(TABLES)
                .map(table -> SchemaLeaf.of(place, new TableName(schema, table.getKey()), config, table.getValue(), ""))
                .toList();
        int next = from + all.size();
        String rest = next < config.path("tables").size() ? "/connections/%s/schema/tables?schema=%s&from=%d".formatted(connection.id(), SchemaLeaf.encode(schema), next) : "";
        visit.show("schemaTables", new Tables(all, rest));
    }

    static TableName name(Function<String, Optional<String>> field) {
        Optional<String> schema = field.apply("schema");
        Optional<String> table = field.apply("table");
        if (schema.isEmpty() || table.isEmpty()) {
            throw Refusal.invalid("No table is named. Load the page again.");
        }
        return new TableName(schema.get(), table.get());
    }

    static TableName typed(Visit visit) {
        return name(field -> Optional.of(visit.form(field)).filter(text -> !text.isEmpty()));
    }

    private Columns columns(Visit visit, TableName name) {
        ConnectionRecord connection = Head.connection(visit);
        ObjectNode columns = site.plane().schemas().columns(connection, name.schema(), name.table());
        SchemaLeaf.Place place = SchemaLeaf.Place.of(visit, connection);
        return new Columns(columns.properties().stream().map(column -> column(place, name, column.getKey(), column.getValue())).toList());
    }

    private static Column column(SchemaLeaf.Place place, TableName table, String name, JsonNode column) {
        return new Column(
                place.path(),
                place.csrf(),
                place.isEditor(),
                table.schema(),
                table.table(),
                name,
                column.path("name_in_destination").asString(""),
                column.path("type").asString(""),
                column.path("is_primary_key").asBoolean(false),
                column.path("enabled").asBoolean(false),
                column.path("hashed").asBoolean(false));
    }

    private void reload(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        site.plane().schemas().reload(connection, ExcludeMode.PRESERVE, visit.actor());
        visit.go("/connections/%s/schema".formatted(connection.id()));
    }

    private void changeHandling(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        site.plane().schemas().change(connection, new Fields(Json.object().put("schema_change_handling", visit.form("handling"))), visit.actor());
        visit.go("/connections/%s/schema".formatted(connection.id()));
    }

    private void changeSchema(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        site.plane().schemas().changeSchema(connection, visit.form("schema"), new Fields(Json.object().put("enabled", visit.form("enabled").equals("true"))), visit.actor());
        visit.go("/connections/%s/schema".formatted(connection.id()));
    }

    /// Answers with the table as it is now, with what was refused below it.
    private void changeTable(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        TableName name = typed(visit);
        ObjectNode body = Json.object().put("enabled", visit.form("enabled").equals("true"));
        if (!visit.form("mode").isEmpty()) {
            body.put("sync_mode", visit.form("mode"));
        }
        String problem = "";
        ObjectNode config;
        try {
            config = site.plane().schemas().changeTable(connection, name, new Fields(body), visit.actor());
        } catch (Refusal refusal) {
            problem = refusal.description().replace("`", "");
            config = config(connection);
        }
        JsonNode schema = config.path("schemas").path(name.schema());
        visit.show("schemaTable", SchemaLeaf.of(SchemaLeaf.Place.of(visit, connection), name, schema, schema.path("tables").path(name.table()), problem));
    }

    private void changeColumn(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        TableName table = typed(visit);
        String name = visit.form("column");
        boolean enabled = visit.form("enabled").equals("true");
        ObjectNode body = Json.object().put("enabled", enabled).put("hashed", enabled && visit.form("hashed").equals("true"));
        site.plane().schemas().changeColumn(connection, table, name, new Fields(body), visit.actor());
        Column changed = columns(visit, table).columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("The source has no column '%s' any more. Load the page again.".formatted(name)));
        visit.show("schemaColumn", changed);
    }
}
