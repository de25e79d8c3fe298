package dev.millrace.worker.holder;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// The JSON of the socket: one line for each [Ask] or [Answer], fields that are not there left out.
final class Wire {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private Wire() {}

    static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    static <T> T read(String line, Class<T> kind) {
        return MAPPER.readValue(line, kind);
    }
}
