package dev.millrace.source.scan;

/// The transaction id from which rows are new, and the conditions that find them.
///
/// A row's `xmin` has 32 bits and no epoch, and keeps its value when the row is frozen (since 9.4). `age` counts from the id back to the
/// next one to be given, around the wrap. So a row that was written at or behind the horizon has an age from 0 to the horizon's own as
/// long as that is below 2^31; the ids of subtransactions are behind their transaction's. A row that is older than 2^31 transactions
/// has a negative age. One that is older than 2^32 can look new: it is read once more, which does no harm where rows have a key.
///
/// @param xid 64 bits, epoch included: every transaction below it has ended
record Horizon(long xid) {

    /// PostgreSQL itself stops three million transactions before ids become ambiguous; we stop before it.
    private static final long SPAN_MAX = (1L << 31) - 10_000_000;
    private static final long FIRST_NORMAL = 3;

    /// Whether rows that are new can still be told by their 32 bits.
    ///
    /// @param next the next id to be given
    boolean reachesTo(long next) {
        return next - xid < SPAN_MAX;
    }

    /// The condition on rows that were written at or behind the horizon. Ages are taken at one moment, since `age` looks at the next id once
    /// for each transaction. Most rows fail the first comparison, so that is all they cost.
    String isNew() {
        return "(age(xmin) <= %s AND age(xmin) >= 0)".formatted(age());
    }

    private String age() {
        return "(SELECT age('%d'::xid))".formatted(Math.max(FIRST_NORMAL, xid & 0xFFFFFFFFL));
    }
}
