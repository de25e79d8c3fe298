package dev.millrace.core.position;

import java.util.Optional;

/// A part of the log.
///
/// @param after where it begins
/// @param through where it ends; empty if that is not known
public record LogSpan(Lsn after, Optional<Lsn> through) {

    /// Everything behind a position.
    public static LogSpan behind(Lsn after) {
        return new LogSpan(after, Optional.empty());
    }

    /// What lies between two positions.
    public static LogSpan between(Lsn after, Lsn through) {
        return new LogSpan(after, Optional.of(through));
    }

    /// As it stands in a sentence: `between 0/15A0 and 0/1790`, `behind 0/15A0`.
    @Override
    public String toString() {
        return through.map(end -> "between %s and %s".formatted(after, end)).orElseGet(() -> "behind " + after);
    }
}
