package dev.millrace.core.position;

import java.util.Optional;

/// A point in a source's order, up to which a destination holds everything and beyond which it holds nothing.
///
/// Each way of following changes has its own kind; kinds are never compared with one another.
public sealed interface Position permits LogPosition, ScanPosition {

    /// The text that a destination stores; [#parse] reads it back.
    String asText();

    /// Whether this position lies before another one of the same kind.
    ///
    /// @throws IllegalArgumentException if the other is of another kind
    boolean isBefore(Position other);

    /// Whether another position is of the same kind, so that both can be compared.
    default boolean isComparable(Position other) {
        return getClass() == other.getClass();
    }

    /// The later of two positions of one kind.
    static Position later(Position one, Position other) {
        return one.isBefore(other) ? other : one;
    }

    /// The later of two positions of one kind, of which there may be but one.
    static Position later(Position one, Optional<? extends Position> other) {
        return other.isPresent() ? later(one, other.get()) : one;
    }

    /// Reads what [#asText] wrote.
    ///
    /// @throws IllegalArgumentException if `text` is of no known kind
    static Position parse(String text) {
        if (text.startsWith(LogPosition.PREFIX)) {
            return new LogPosition(Lsn.parse(text.substring(LogPosition.PREFIX.length())));
        }
        if (text.startsWith(ScanPosition.PREFIX)) {
            return ScanPosition.read(text.substring(ScanPosition.PREFIX.length()));
        }
        throw new IllegalArgumentException(
                "Invalid position: %s (must begin with %s or %s)".formatted(text, LogPosition.PREFIX, ScanPosition.PREFIX));
    }
}
