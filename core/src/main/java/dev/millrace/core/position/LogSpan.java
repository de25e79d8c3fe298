package dev.millrace.core.position;

import java.util.Optional;

/// A part of a source's changes.
///
/// @param after where it begins
/// @param through where it ends; empty if that is not known
public record LogSpan(Position after, Optional<Position> through) {

    /// The log behind a place in it.
    public static LogSpan behind(Lsn after) {
        return new LogSpan(new LogPosition(after), Optional.empty());
    }

    /// What lies between two positions.
    public static LogSpan between(Position after, Position through) {
        return new LogSpan(after, Optional.of(through));
    }

    /// As it stands in a sentence: `between 0/15A0 and 0/1790`, `behind 0/15A0`.
    @Override
    public String toString() {
        return through.map(end -> "between %s and %s".formatted(after, end)).orElseGet(() -> "behind " + after);
    }
}
