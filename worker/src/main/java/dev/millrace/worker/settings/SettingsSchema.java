package dev.millrace.worker.settings;

import dev.millrace.core.destination.SyncMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// The JSON Schema (draft 2020-12) of a settings file, by which editors complete names and show what they mean.
///
/// It is made of [Setting]; whether values are right is said by [SettingsReader], which knows more than a schema can say.
public final class SettingsSchema {

    private static final Pattern CHOICE = Pattern.compile("`([A-Za-z][A-Za-z0-9_-]*)`");

    private SettingsSchema() {}

    /// Its text.
    public static String text() {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String section : List.of("source", "destination")) {
            properties.put(section, section(section));
        }
        for (Setting setting : Setting.values()) {
            if (setting.section().isEmpty()) {
                properties.put(setting.key(), property(setting));
            }
        }
        properties.put("schemas", schemas());
        properties.put("limits", section("limits"));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Millrace: settings of one connection");
        schema.put("type", "object");
        schema.put("required", List.of("source", "destination", "schema_prefix"));
        schema.put("additionalProperties", false);
        schema.put("properties", properties);
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
    }

    private static Map<String, Object> section(String section) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            if (setting.section().equals(section)) {
                properties.put(setting.key(), property(setting));
                if (setting.need() == Setting.Need.REQUIRED && !setting.meaning().startsWith("With `")) {
                    required.add(setting.key());
                }
            }
        }
        Map<String, Object> block = object(properties);
        if (!required.isEmpty()) {
            block.put("required", required);
        }
        return block;
    }

    private static Map<String, Object> property(Setting setting) {
        Map<String, Object> property = new LinkedHashMap<>();
        property.put("description", setting.meaning());
        if (setting.isList()) {
            Map<String, Object> several = new LinkedHashMap<>();
            several.put("type", "array");
            several.put("items", Map.of("type", "string"));
            property.put("anyOf", List.of(Map.of("type", "string"), several));
        } else {
            property.put("type", List.of("string", "integer", "boolean"));
        }
        List<String> examples = examples(setting);
        if (!examples.isEmpty()) {
            property.put("examples", examples);
        }
        if (setting.need() == Setting.Need.OPTIONAL && !setting.fallback().equals("none")) {
            property.put("default", setting.fallback());
        }
        return property;
    }

    /// The names in its description that look like values.
    private static List<String> examples(Setting setting) {
        List<String> names = Arrays.stream(Setting.values()).map(Setting::key).toList();
        List<String> examples = new ArrayList<>();
        Matcher found = CHOICE.matcher(setting.meaning());
        while (found.find()) {
            String value = found.group(1);
            if (!names.contains(value) && !examples.contains(value)) {
                examples.add(value);
            }
        }
        return examples;
    }

    private static Map<String, Object> schemas() {
        Map<String, Object> flag = Map.of("type", "boolean");
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("enabled", flag);
        columns.put("hashed", flag);
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("enabled", flag);
        table.put("sync_mode", Map.of("enum", Arrays.stream(SyncMode.values()).map(SyncMode::name).toList()));
        table.put("columns", named(object(columns)));
        table.put("row_filter", Map.of("type", List.of("object", "array")));
        for (String layout : List.of("partition_by", "sort_by")) {
            Map<String, Object> texts = new LinkedHashMap<>();
            texts.put("type", List.of("string", "array"));
            texts.put("items", Map.of("type", "string"));
            table.put(layout, texts);
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("enabled", flag);
        schema.put("tables", named(object(table)));
        Map<String, Object> schemas = named(object(schema));
        schemas.put("description", "Which schemas, tables and columns are copied, by name.");
        return schemas;
    }

    private static Map<String, Object> named(Map<String, Object> each) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", "object");
        map.put("additionalProperties", each);
        return map;
    }

    private static Map<String, Object> object(Map<String, Object> properties) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "object");
        object.put("additionalProperties", false);
        object.put("properties", properties);
        return object;
    }
}
