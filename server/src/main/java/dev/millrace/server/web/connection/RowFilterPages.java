package dev.millrace.server.web.connection;

import dev.millrace.core.shape.RowFilter.Operator;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.schema.SourceTable.SourceColumn;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which rows of a table are copied: the part of the schema page that is fetched when it is opened.
///
/// @param site that it is part of
public record RowFilterPages(Site site) {

    /// The part.
    ///
    /// @param conditions those that are kept or were typed; for who may change them there is an empty one behind them
    /// @param columns of the table
    public record RowsPart(SchemaLeaf.Place place, String schema, String table, List<Condition> conditions, List<String> columns, String problem) {

        /// How a column can be compared.
        public List<Operator> operators() {
            return List.of(Operator.values());
        }
    }

    /// A condition as it stands in its fields.
    ///
    /// @param value of several, one a line
    public record Condition(String column, String operator, String value) {

        private static final Condition EMPTY = new Condition("", Operator.EQUALS.name(), "");

        static Condition of(JsonNode kept) {
            JsonNode value = kept.path("value");
            String text = value.isArray() ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining("\n")) : value.asString("");
            return new Condition(kept.path("column").asString(""), kept.path("operator").asString(""), text);
        }

        /// As the API has it.
        ObjectNode kept() {
            ObjectNode node = Json.object().put("column", column).put("operator", operator);
            Optional<Operator> known = Stream.of(Operator.values()).filter(one -> one.name().equals(operator)).findFirst();
            if (known.filter(Operator.IN::equals).isPresent()) {
                node.set("value", Json.tree(value.lines().map(String::strip).filter(line -> !line.isEmpty()).toList()));
            } else if (known.filter(Operator::asksForNull).isEmpty()) {
                node.put("value", value);
            }
            return node;
        }

        private String words() {
            String sql = Stream.of(Operator.values()).filter(one -> one.name().equals(operator)).map(Operator::sql).findFirst().orElse(operator);
            return "%s %s %s".formatted(column, sql, value.replace("\n", ", ")).strip();
        }
    }

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/schema/rows", this::show);
        routes.post("/connections/{id}/schema/rows", Role.EDITOR, this::change);
    }

    /// A filter in words; empty for none.
    static String words(JsonNode filter) {
        return filter.valueStream().map(Condition::of).map(Condition::words).collect(Collectors.joining(" and "));
    }

    private void show(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        TableName table = SchemaPages.name(visit::query);
        JsonNode filter = connection.choice().path("schemas").path(table.schema()).path("tables").path(table.table()).path("row_filter");
        visit.show("schemaRows", part(visit, connection, table, filter.valueStream().map(Condition::of).toList(), ""));
    }

    private RowsPart part(Visit visit, ConnectionRecord connection, TableName table, List<Condition> conditions, String problem) {
        SchemaLeaf.Place place = SchemaLeaf.Place.of(visit, connection);
        List<String> columns = site.plane().schemas().reading(connection).require(table.schema(), table.table()).columns().stream().map(SourceColumn::name).toList();
        List<Condition> shown = new ArrayList<>(conditions);
        if (place.isEditor()) {
            shown.add(Condition.EMPTY);
        }
        return new RowsPart(place, table.schema(), table.table(), shown, columns, problem);
    }

    /// Answers with the table as it is then. What was refused is said where it was typed, and stays there.
    private void change(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        TableName table = SchemaPages.typed(visit);
        List<Condition> typed = typed(visit);
        ArrayNode filter = Json.list();
        typed.stream().map(Condition::kept).forEach(filter::add);
        try {
            ObjectNode body = Json.object();
            body.set("row_filter", filter);
            JsonNode schema = site.plane().schemas().changeTable(connection, table, new Fields(body), visit.actor()).path("schemas").path(table.schema());
            visit.show("schemaTable", SchemaLeaf.of(SchemaLeaf.Place.of(visit, connection), table, schema, schema.path("tables").path(table.table()), ""));
        } catch (Refusal refusal) {
            visit.http().header("HX-Retarget", "closest .inside").header("HX-Reswap", "innerHTML");
            visit.showAgain("schemaRows", part(visit, connection, table, typed, refusal.description().replace("`", "")));
        }
    }

    /// A condition whose column is not named is none.
    private static List<Condition> typed(Visit visit) {
        List<String> columns = visit.http().formParams("column");
        List<String> operators = visit.http().formParams("operator");
        List<String> values = visit.http().formParams("value");
        if (operators.size() != columns.size() || values.size() != columns.size()) {
            throw Refusal.invalid("Each condition has a column, an operator and a value. Load the page again.");
        }
        List<Condition> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).isEmpty()) {
                // Browsers end lines as mail does.
                all.add(new Condition(columns.get(i), operators.get(i), values.get(i).replace("\r\n", "\n")));
            }
        }
        return all;
    }
}
