package dev.millrace.testkit.destination;

import dev.millrace.core.destination.Destination;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A row as a reader of a destination sees it.
///
/// @param values PostgreSQL's text by column, null for null
/// @param deleted whether it is marked deleted
/// @param span of a version, in HISTORY mode: from when until when it was so
public record SeenRow(Map<String, @Nullable String> values, boolean deleted, Optional<Span> span) {

    /// From when until when a version was so, both included.
    ///
    /// @param active whether it says that the version is open
    public record Span(Instant start, Instant end, boolean active) {

        @Override
        public String toString() {
            boolean isOpen = end.equals(Destination.OPEN_END);
            String text = isOpen ? "[%s on]".formatted(start) : "[%s to %s]".formatted(start, end);
            return isOpen == active ? text : text + " active=" + active;
        }
    }

    /// Keeps its own copy.
    public SeenRow {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /// A row with these values.
    public static SeenRow of(Map<String, @Nullable String> values, boolean deleted) {
        return new SeenRow(values, deleted, Optional.empty());
    }

    /// A row with these values, in any mode.
    public static SeenRow of(Map<String, @Nullable String> values, boolean deleted, Optional<Span> span) {
        return new SeenRow(values, deleted, span);
    }

    /// The row as one line: `id=1 note=x`, with `(deleted)` or its span behind a row that has one; a null column is left out.
    public String line() {
        String line = values.entrySet().stream()
                .filter(value -> value.getValue() != null)
                .map(value -> value.getKey() + "=" + value.getValue())
                .collect(Collectors.joining(" "));
        String marked = deleted ? line + " (deleted)" : line;
        return span.map(it -> marked + " " + it).orElse(marked);
    }
}
