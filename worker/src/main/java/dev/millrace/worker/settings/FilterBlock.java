package dev.millrace.worker.settings;

import dev.millrace.core.fault.Nearest;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.RowFilter.Operator;
import dev.millrace.worker.settings.TableSelection.ColumnChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads a table's `row_filter`: a list of conditions, each with a column, an operator and what it is compared with.
///
/// @param yaml knows the nodes
/// @param given is told the problems
record FilterBlock(YamlSettings yaml, GivenSettings given) {

    private static final int VALUES_MAX = 1_000;
    private static final List<String> OPERATORS = Arrays.stream(Operator.values()).map(Operator::name).toList();

    /// The filter, with the values as they are written.
    ///
    /// @param columns what is said of the table's columns: one that is hashed or left out cannot be filtered by
    RowFilter read(Node node, String path, Map<String, ColumnChoice> columns) {
        if (!(node instanceof SequenceNode list)) {
            given.problem(yaml.at(node), path, "`" + path + "` is a list, such as `[{column: region, operator: EQUALS, value: EU}]`.");
            return RowFilter.NONE;
        }
        List<RowFilter.Condition> conditions = new ArrayList<>();
        for (int i = 0; i < list.getValue().size(); i++) {
            condition(list.getValue().get(i), path + "[" + i + "]", columns).ifPresent(conditions::add);
        }
        return new RowFilter(conditions);
    }

    private Optional<RowFilter.Condition> condition(Node node, String path, Map<String, ColumnChoice> columns) {
        Optional<MappingNode> mapping = yaml.asMapping(node, path);
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Node> fields = yaml.fields(mapping.get(), path, List.of("column", "operator", "value"));
        Optional<String> column = word(fields, "column", node, path);
        Optional<Operator> operator = word(fields, "operator", node, path).flatMap(name -> operator(name, node, path));
        if (column.isEmpty() || operator.isEmpty()) {
            return Optional.empty();
        }
        ColumnChoice choice = columns.getOrDefault(column.get(), new ColumnChoice(true, false));
        if (choice.hashed() || !choice.enabled()) {
            given.problem(
                    yaml.at(node),
                    path,
                    "`" + path + "` filters by column `" + column.get() + "`, which is " + (choice.hashed() ? "hashed" : "left out")
                            + ". Rows can be filtered by columns that are copied as they are.");
            return Optional.empty();
        }
        return values(fields, operator.get(), node, path).map(values -> new RowFilter.Condition(column.get(), operator.get(), values));
    }

    private Optional<String> word(Map<String, Node> fields, String name, Node node, String path) {
        if (fields.get(name) instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return Optional.of(scalar.getValue());
        }
        given.problem(yaml.at(node), path + "." + name, "`" + path + "." + name + "` is missing.");
        return Optional.empty();
    }

    private Optional<Operator> operator(String name, Node node, String path) {
        if (OPERATORS.contains(name)) {
            return Optional.of(Operator.valueOf(name));
        }
        given.problem(
                yaml.at(node),
                path + ".operator",
                "`" + path + ".operator` is `" + name + "`; it must be one of `" + String.join("`, `", OPERATORS) + "`."
                        + Nearest.hint(name, OPERATORS));
        return Optional.empty();
    }

    private Optional<List<String>> values(Map<String, Node> fields, Operator operator, Node node, String path) {
        Node value = fields.get("value");
        if (operator.asksForNull()) {
            return value == null ? Optional.of(List.of()) : refused(value, path, "`" + operator + "` takes no value. Remove it.");
        }
        List<Node> nodes = operator == Operator.IN && value instanceof SequenceNode list ? list.getValue() : value == null ? List.of() : List.of(value);
        boolean areTexts = nodes.stream().allMatch(one -> one instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL));
        if (nodes.isEmpty() || !areTexts || nodes.size() > VALUES_MAX) {
            String wanted = operator == Operator.IN ? "a list of 1 to " + VALUES_MAX + " values" : "one value";
            return refused(node, path, "`" + operator + "` takes " + wanted + ", none of them null; for nulls there are `IS_NULL` and `IS_NOT_NULL`.");
        }
        return Optional.of(nodes.stream().map(one -> ((ScalarNode) one).getValue()).toList());
    }

    private Optional<List<String>> refused(Node node, String path, String why) {
        given.problem(yaml.at(node), path + ".value", "`" + path + ".value`: " + why);
        return Optional.empty();
    }
}
