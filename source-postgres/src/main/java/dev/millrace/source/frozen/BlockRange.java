package dev.millrace.source.frozen;

/// Pages of a relation that follow one another.
///
/// @param from the first of them, counted from 0
/// @param to the first behind them; [#OPEN] if there is no end
public record BlockRange(long from, long to) {

    /// The end of a range that goes on to wherever the relation ends when it is read.
    public static final long OPEN = Long.MAX_VALUE;

    /// No relation has more pages.
    static final long BLOCKS_MAX = 0xFFFF_FFFFL;

    /// Refuses a range without pages.
    public BlockRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("Invalid range of pages: %d to %d (must hold one at least)".formatted(from, to));
        }
    }

    /// The condition on rows that lie there, which PostgreSQL 14 and later carry out as a TID range scan.
    String condition() {
        String lower = "ctid >= '(%d,0)'".formatted(from);
        return to == OPEN ? lower : lower + " AND ctid < '(%d,0)'".formatted(to);
    }

    /// How many of a relation's first `blocks` pages lie in this range.
    long pagesOf(long blocks) {
        return Math.max(0, Math.min(to, blocks) - from);
    }
}
