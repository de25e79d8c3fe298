package dev.millrace.core.position;

/// A point in the write-ahead log: the end of a commit record (`end_lsn` of pgoutput's Commit), or a point between transactions.
///
/// @param lsn where the log goes on
public record LogPosition(Lsn lsn) implements Position {

    static final String PREFIX = "lsn:";

    @Override
    public String asText() {
        return PREFIX + lsn;
    }
}
