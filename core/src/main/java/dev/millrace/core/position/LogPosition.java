package dev.millrace.core.position;

/// A point in the write-ahead log: the end of a commit record (`end_lsn` of pgoutput's Commit), or a point between transactions.
///
/// @param lsn where the log goes on
public record LogPosition(Lsn lsn) implements Position {

    static final String PREFIX = "lsn:";

    /// The place in the log that a position is.
    ///
    /// @throws IllegalArgumentException if it is of another kind
    public static Lsn lsn(Position position) {
        if (position instanceof LogPosition(Lsn lsn)) {
            return lsn;
        }
        throw new IllegalArgumentException("Invalid position: %s (must be one of the log)".formatted(position));
    }

    @Override
    public boolean isBefore(Position other) {
        return lsn.isBefore(lsn(other));
    }

    @Override
    public String asText() {
        return PREFIX + lsn;
    }

    /// As PostgreSQL prints it.
    @Override
    public String toString() {
        return lsn.toString();
    }
}
