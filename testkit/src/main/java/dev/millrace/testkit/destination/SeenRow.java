package dev.millrace.testkit.destination;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A row as a reader of a destination sees it.
///
/// @param values PostgreSQL's text by column, null for null
/// @param deleted whether it is marked deleted
public record SeenRow(Map<String, @Nullable String> values, boolean deleted) {

    /// Keeps its own copy.
    public SeenRow {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /// A row with these values.
    public static SeenRow of(Map<String, @Nullable String> values, boolean deleted) {
        return new SeenRow(values, deleted);
    }

    /// The row as one line: `id=1 note=x`, with `(deleted)` behind a row that is; a null column is left out.
    public String line() {
        String line = values.entrySet().stream()
                .filter(value -> value.getValue() != null)
                .map(value -> value.getKey() + "=" + value.getValue())
                .collect(Collectors.joining(" "));
        return deleted ? line + " (deleted)" : line;
    }
}
