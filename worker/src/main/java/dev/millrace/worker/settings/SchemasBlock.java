package dev.millrace.worker.settings;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Nearest;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.worker.settings.TableSelection.ColumnChoice;
import dev.millrace.worker.settings.TableSelection.Layout;
import dev.millrace.worker.settings.TableSelection.SchemaChoice;
import dev.millrace.worker.settings.TableSelection.TableChoice;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads the block `schemas`, whose names are those of the user's schemas, tables and columns.
///
/// @param yaml knows the nodes
/// @param given is told the problems
record SchemasBlock(YamlSettings yaml, GivenSettings given) {

    /// The names of the modes.
    static final List<String> MODES = Arrays.stream(SyncMode.values()).map(SyncMode::name).toList();

    /// What a text may look like, and how that is said.
    private record Form(Pattern pattern, String words) {}

    private static final Form PARTITION = new Form(
            Pattern.compile("(year|month|day|hour|void)\\(.+\\)|(bucket|truncate)\\(\\s*\\d+\\s*,.+\\)|[^()]+"),
            "a column, or `year(c)`, `month(c)`, `day(c)`, `hour(c)`, `bucket(16, c)`, `truncate(8, c)` of one");
    private static final Form SORT = new Form(Pattern.compile(".+"), "a column, with ` desc` behind it if from the greatest on");

    /// The choices by schema.
    Map<String, SchemaChoice> read(Node node) {
        Map<String, SchemaChoice> choices = new HashMap<>();
        members(node, "schemas").forEach((name, value) -> choices.put(name, schema(value, "schemas." + name)));
        return choices;
    }

    private SchemaChoice schema(Node node, String path) {
        Map<String, Node> fields = fields(node, path, List.of("enabled", "tables"));
        Map<String, TableChoice> tables = new HashMap<>();
        Optional.ofNullable(fields.get("tables"))
                .ifPresent(block -> members(block, path + ".tables")
                        .forEach((name, value) -> tables.put(name, table(value, path + ".tables." + name))));
        return new SchemaChoice(enabled(fields, path), tables);
    }

    private TableChoice table(Node node, String path) {
        Map<String, Node> fields = fields(node, path, List.of("enabled", "sync_mode", "columns", "row_filter", "partition_by", "sort_by"));
        Map<String, ColumnChoice> columns = new HashMap<>();
        Optional.ofNullable(fields.get("columns"))
                .ifPresent(block -> members(block, path + ".columns")
                        .forEach((name, value) -> columns.put(name, column(value, path + ".columns." + name))));
        RowFilter filter = Optional.ofNullable(fields.get("row_filter"))
                .map(block -> new FilterBlock(yaml, given).read(block, path + ".row_filter", columns))
                .orElse(RowFilter.NONE);
        Layout layout = new Layout(texts(fields, "partition_by", path, PARTITION), texts(fields, "sort_by", path, SORT));
        return new TableChoice(enabled(fields, path), mode(fields, path), columns, filter, layout);
    }

    private ColumnChoice column(Node node, String path) {
        Map<String, Node> fields = fields(node, path, List.of("enabled", "hashed"));
        ColumnChoice choice = new ColumnChoice(enabled(fields, path), flag(fields, "hashed", path, false));
        if (choice.hashed() && !choice.enabled()) {
            given.problem(
                    yaml.at(node),
                    path + ".hashed",
                    "`" + path + "` is `hashed` and not `enabled`: a column is either copied hashed or not copied. Remove one of the two.");
        }
        return choice;
    }

    private Map<String, Node> members(Node node, String path) {
        return yaml.asMapping(node, path).map(mapping -> yaml.fields(mapping, path)).orElse(Map.of());
    }

    private Map<String, Node> fields(Node node, String path, List<String> known) {
        return yaml.asMapping(node, path).map(mapping -> yaml.fields(mapping, path, known)).orElse(Map.of());
    }

    private Optional<SyncMode> mode(Map<String, Node> fields, String path) {
        Node node = fields.get("sync_mode");
        if (node == null) {
            return Optional.empty();
        }
        String text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
        if (!MODES.contains(text)) {
            String known = String.join("`, `", MODES);
            given.problem(
                    yaml.at(node),
                    path + ".sync_mode",
                    "`" + path + ".sync_mode` is `" + text + "`; it must be one of `" + known + "`." + Nearest.hint(text, MODES));
            return Optional.empty();
        }
        return Optional.of(SyncMode.valueOf(text));
    }

    /// A text, or a list of texts, of one form each.
    private List<String> texts(Map<String, Node> fields, String name, String path, Form form) {
        Node node = fields.get(name);
        if (node == null) {
            return List.of();
        }
        List<Node> nodes = node instanceof SequenceNode list ? list.getValue() : List.of(node);
        List<String> texts = nodes.stream().map(one -> one instanceof ScalarNode scalar ? scalar.getValue().strip() : "").toList();
        if (!texts.stream().allMatch(text -> form.pattern().matcher(text).matches())) {
            given.problem(yaml.at(node), path + "." + name, "`" + path + "." + name + "` is " + form.words() + ", or a list of it.");
            return List.of();
        }
        return texts;
    }

    private boolean enabled(Map<String, Node> fields, String path) {
        return flag(fields, "enabled", path, true);
    }

    private boolean flag(Map<String, Node> fields, String name, String path, boolean fallback) {
        Node node = fields.get(name);
        if (node == null) {
            return fallback;
        }
        String text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
        if (!text.equals("true") && !text.equals("false")) {
            given.problem(yaml.at(node), path + "." + name, "`" + path + "." + name + "` is `true` or `false`.");
        }
        return text.equals("true");
    }
}
