package dev.millrace.worker.settings;

import dev.millrace.core.fault.Nearest;
import dev.millrace.worker.settings.GivenSettings.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads the YAML of one connection into [GivenSettings]: names and kinds are checked here, values are not.
final class YamlSettings {

    private static final List<String> SECTIONS = List.of("source", "destination", "limits", "schemas");

    private final String file;
    private final GivenSettings given;

    private YamlSettings(Path file) {
        this.file = String.valueOf(file.getFileName());
        this.given = new GivenSettings(this.file, Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file));
    }

    /// Reads `text`, the contents of `file`.
    static GivenSettings read(String text, Path file) {
        YamlSettings reader = new YamlSettings(file);
        try {
            LoadSettings plain = LoadSettings.builder().setLabel(reader.file).setMaxAliasesForCollections(10).build();
            Optional<Node> root = new Compose(plain).composeString(text);
            root.ifPresent(reader::readRoot);
        } catch (MarkedYamlEngineException refused) {
            Place place = refused.getProblemMark().map(reader::at).orElse(reader.given.nowhere());
            reader.given.problem(place, "", "This is not YAML: " + refused.getProblem() + ".");
        } catch (YamlEngineException _) {
            reader.given.problem(reader.given.nowhere(), "", "This is not YAML.");
        }
        return reader.given;
    }

    private void readRoot(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            given.problem(at(root), "", "A settings file is a list of `name: value` lines, beginning with `source:`. This one is not.");
            return;
        }
        List<String> known = new ArrayList<>(SECTIONS);
        known.addAll(Setting.keysOf(""));
        fields(mapping, "").forEach((key, value) -> {
            if (key.equals("schemas")) {
                given.select(new SchemasBlock(this, given).read(value));
            } else if (SECTIONS.contains(key)) {
                readSection(key, value);
            } else {
                readValue("", key, value, known);
            }
        });
    }

    private void readSection(String section, Node node) {
        asMapping(node, section).ifPresent(mapping -> fields(mapping, section)
                .forEach((key, value) -> readValue(section, key, value, Setting.keysOf(section))));
    }

    private void readValue(String section, String key, Node value, List<String> known) {
        String path = section.isEmpty() ? key : section + "." + key;
        Optional<Setting> setting = Setting.find(section, key);
        if (setting.isEmpty()) {
            given.problem(at(value), path, "Unknown setting `" + path + "`." + hint(section, key, known));
            return;
        }
        if (value instanceof SequenceNode list && setting.get().isList()) {
            readList(setting.get(), list);
        } else if (!(value instanceof ScalarNode scalar)) {
            given.problem(at(value), path, "`" + path + "` is one value, not a list or a block.");
        } else if (scalar.getTag().equals(Tag.NULL)) {
            given.problem(at(value), path, "`" + path + "` has no value. Give it one, or remove the line.");
        } else {
            given.put(setting.get(), scalar.getValue(), at(value));
        }
    }

    /// A list counts as its values with commas between them.
    private void readList(Setting setting, SequenceNode list) {
        List<String> values = new ArrayList<>();
        for (Node node : list.getValue()) {
            if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
                values.add(scalar.getValue());
            } else {
                given.problem(at(node), setting.path(), "`" + setting.path() + "` is a list of values; this is none.");
            }
        }
        given.put(setting, String.join(",", values), at(list));
    }

    /// The name that was meant: a near one in the same section, else the same one in another section.
    private static String hint(String section, String key, List<String> known) {
        Optional<String> near = Nearest.to(key, known).map(name -> section.isEmpty() ? name : section + "." + name);
        for (Setting setting : Setting.values()) {
            if (near.isEmpty() && setting.key().equals(key)) {
                near = Optional.of(setting.path());
            }
        }
        return near.map(name -> " Did you mean `" + name + "`?").orElse(" There are: `" + String.join("`, `", known) + "`.");
    }

    /// A mapping's fields by name, in order; what is not a plain name, or stands twice, is a problem.
    Map<String, Node> fields(MappingNode mapping, String path) {
        Map<String, Node> fields = new LinkedHashMap<>();
        Map<String, Place> seen = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Place place = at(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
                given.problem(place, path, "A name is expected here.");
                continue;
            }
            Place earlier = seen.put(scalar.getValue(), place);
            if (earlier == null) {
                fields.put(scalar.getValue(), tuple.getValueNode());
            } else {
                given.problem(
                        place, path, "`" + scalar.getValue() + "` stands here again; it stands in line " + earlier.line() + " already.");
            }
        }
        return fields;
    }

    /// The same, without those of other names than the known ones, which are problems.
    Map<String, Node> fields(MappingNode mapping, String path, List<String> known) {
        Map<String, Node> fields = new HashMap<>(fields(mapping, path));
        fields.entrySet().removeIf(field -> {
            boolean unknown = !known.contains(field.getKey());
            if (unknown) {
                given.problem(
                        at(field.getValue()),
                        path + "." + field.getKey(),
                        "Unknown setting `" + path + "." + field.getKey() + "`. There are: `" + String.join("`, `", known) + "`.");
            }
            return unknown;
        });
        return fields;
    }

    /// The node as a mapping; a problem if it is something else.
    Optional<MappingNode> asMapping(Node node, String path) {
        if (node instanceof MappingNode mapping) {
            return Optional.of(mapping);
        }
        given.problem(at(node), path, "`" + path + "` is a block of `name: value` lines, not one value.");
        return Optional.empty();
    }

    /// Where a node begins.
    Place at(Node node) {
        return node.getStartMark().map(this::at).orElse(given.nowhere());
    }

    private Place at(Mark mark) {
        return new Place(file + ":" + (mark.getLine() + 1), mark.getLine() + 1);
    }
}
