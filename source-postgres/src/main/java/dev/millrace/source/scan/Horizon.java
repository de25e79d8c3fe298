package dev.millrace.source.scan;

import java.util.stream.Collectors;
import java.util.stream.LongStream;

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

    /* Since PostgreSQL 14 a list is hashed, and costs the same whatever its length; before, a row is compared with each id of it. */
    private static final int HASHED_LISTS_SINCE = 14;
    private static final int LISTED_HASHED = 4_096;
    private static final int LISTED = 8;

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

    /// The condition on rows that were written at or behind the horizon, among those that a snapshot sees. Where few ids were given since, they
    /// are listed: parallel workers may compare ids, and not ages.
    ///
    /// @param next the snapshot's next id
    String isNew(long next, int majorVersion) {
        if (next - xid > (majorVersion < HASHED_LISTS_SINCE ? LISTED : LISTED_HASHED)) {
            return isNew();
        }
        String ids = LongStream.range(xid, next)
                .map(id -> id & 0xFFFFFFFFL)
                .filter(id -> id >= FIRST_NORMAL)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(","));
        return ids.isEmpty() ? "false" : "(xmin = ANY ('{%s}'::xid[]))".formatted(ids);
    }

    private String age() {
        return "(SELECT age('%d'::xid))".formatted(Math.max(FIRST_NORMAL, xid & 0xFFFFFFFFL));
    }
}
