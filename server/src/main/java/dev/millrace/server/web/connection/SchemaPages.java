package dev.millrace.server.web.connection;

import dev.millrace.core.destination.SyncMode;
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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which schemas, tables and columns are copied. Tables are fetched when their schema is opened, and columns when their table is.
///
/// @param site that it is part of
public record SchemaPages(Site site) {

    private static final int TABLES = 200;

    /// The page.
    ///
    /// @param handling what becomes of what comes to the source later
    public record SchemaPage(Head head, String handling, List<Schema> schemas) {

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

    /// Tables of a schema.
    ///
    /// @param rest where the next ones are; empty after the last
    public record Tables(List<Table> tables, String rest) {}

    /// A table.
    ///
    /// @param path of its connection
    /// @param obstacle why it cannot be copied; empty if it can
    public record Table(
            String path, String csrf, boolean isEditor, String schema, String name, String query, String target, boolean enabled, String mode, String obstacle) {

        /// What can become of rows that change or vanish.
        public List<Mode> modes() {
            return Stream.of(SyncMode.values()).map(mode -> new Mode(mode.name(), mode.name().toLowerCase(Locale.ROOT).replace('_', ' '))).toList();
        }
    }

    /// A mode.
    public record Mode(String value, String text) {}

    /// Columns of a table.
    public record Columns(List<Column> columns) {}

    /// A column.
    public record Column(
            String path, String csrf, boolean isEditor, String schema, String table, String name, String target, String type, boolean key, boolean enabled, boolean hashed) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/schema", this::show);
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

    private void show(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        ObjectNode config = config(connection);
        List<Schema> schemas = config.path("schemas").properties().stream().map(schema -> schema(schema.getKey(), schema.getValue())).toList();
        visit.show("schema", new SchemaPage(Head.of(visit, connection, Head.Tab.SCHEMA), config.path("schema_change_handling").asString(""), schemas));
    }

    private static Schema schema(String name, JsonNode schema) {
        JsonNode tables = schema.path("tables");
        long copied = tables.valueStream().filter(table -> table.path("enabled").asBoolean(false)).count();
        boolean enabled = schema.path("enabled").asBoolean(false);
        return new Schema(name, "schema=" + encode(name), schema.path("name_in_destination").asString(""), enabled, enabled ? copied : 0, tables.size());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void tables(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        String schema = visit.query("schema").orElse("");
        int from = visit.query("from").map(Integer::parseInt).orElse(0);
        JsonNode config = config(connection).path("schemas").path(schema);
        List<Table> all = config.path("tables").properties().stream()
                .skip(from)
                .limit(TABLES)
                .map(table -> table(visit, connection, new TableName(schema, table.getKey()), config, table.getValue()))
                .toList();
        int next = from + all.size();
        String rest = next < config.path("tables").size() ? "/connections/%s/schema/tables?schema=%s&from=%d".formatted(connection.id(), encode(schema), next) : "";
        visit.show("schemaTables", new Tables(all, rest));
    }

    private static Table table(Visit visit, ConnectionRecord connection, TableName name, JsonNode schema, JsonNode table) {
        JsonNode settable = table.path("enabled_patch_settings");
        return new Table(
                "/connections/" + connection.id(),
                visit.login().csrf(),
                visit.login().member().role().covers(Role.EDITOR),
                name.schema(),
                name.table(),
                "schema=%s&table=%s".formatted(encode(name.schema()), encode(name.table())),
                "%s.%s".formatted(schema.path("name_in_destination").asString(""), table.path("name_in_destination").asString("")),
                table.path("enabled").asBoolean(false),
                table.path("sync_mode").asString(""),
                settable.path("allowed").asBoolean(false) ? "" : settable.path("reason").asString("It cannot be copied."));
    }

    private static TableName name(Function<String, Optional<String>> field) {
        return new TableName(field.apply("schema").orElse(""), field.apply("table").orElse(""));
    }

    private static TableName typed(Visit visit) {
        return new TableName(visit.form("schema"), visit.form("table"));
    }

    private Columns columns(Visit visit, TableName name) {
        ConnectionRecord connection = Head.connection(visit);
        ObjectNode columns = site.plane().schemas().columns(connection, name.schema(), name.table());
        return new Columns(columns.properties().stream().map(column -> column(visit, connection, name, column.getKey(), column.getValue())).toList());
    }

    private static Column column(Visit visit, ConnectionRecord connection, TableName table, String name, JsonNode column) {
        return new Column(
                "/connections/" + connection.id(),
                visit.login().csrf(),
                visit.login().member().role().covers(Role.EDITOR),
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
        JsonNode config = site.plane().schemas().changeTable(connection, name, new Fields(body), visit.actor()).path("schemas").path(name.schema());
        visit.show("schemaTable", table(visit, connection, name, config, config.path("tables").path(name.table())));
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
