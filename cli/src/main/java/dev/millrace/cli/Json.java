package dev.millrace.cli;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// JSON on one line, as `--json` and the holder's socket speak it.
public final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private Json() {}

    /// Maps, lists, records, strings, numbers, booleans and nulls as JSON without a line break.
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// Reads JSON.
    ///
    /// @throws tools.jackson.core.JacksonException if it is none, or does not fit
    public static <T> T read(String text, Class<T> kind) {
        return MAPPER.readValue(text, kind);
    }
}
