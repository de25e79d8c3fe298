package dev.millrace.core.position;

import java.util.Arrays;

/// Which transactions a reader of the source could see: PostgreSQL's `pg_current_snapshot()` (`txid_current_snapshot()` before 13).
///
/// Transaction ids are 64 bits wide, epoch included. Ids of subtransactions never appear in a snapshot's list, so only top-level
/// ids may be asked for (PostgreSQL manual, section 9.27.13).
///
/// @param xmin the lowest id that was still active; everything below is finished
/// @param xmax the first id that was not yet assigned; everything from it on is invisible
/// @param active the ids in between that were in progress, ascending
public record TransactionSnapshot(long xmin, long xmax, long[] active) {

    /// Checks the order of the bounds and sorts the list.
    public TransactionSnapshot {
        if (xmin > xmax) {
            throw new IllegalArgumentException("Invalid snapshot: xmin %d, xmax %d (must not be below xmin)".formatted(xmin, xmax));
        }
        active = active.clone();
        Arrays.sort(active);
    }

    /// Reads PostgreSQL's text form `xmin:xmax:id,id,...`.
    ///
    /// @throws IllegalArgumentException if `text` is anything else
    public static TransactionSnapshot parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("Invalid snapshot: %s (must be xmin:xmax:list)".formatted(text));
        }
        long[] active = parts[2].isEmpty()
                ? new long[0]
                : Arrays.stream(parts[2].split(",")).mapToLong(Long::parseLong).toArray();
        return new TransactionSnapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), active);
    }

    /// Whether the changes of the top-level transaction `xid`, which is known to have committed, are visible in this snapshot.
    public boolean sees(long xid) {
        if (xid < xmin) {
            return true;
        }
        return xid < xmax && Arrays.binarySearch(active, xid) < 0;
    }

    /// Widens the 32-bit id of a transaction that ran near this snapshot in time, as the log carries it, to 64 bits.
    ///
    /// Right for every id within 2^31 of this snapshot, which PostgreSQL itself guarantees for running transactions.
    public long widen(int xid) {
        return widen(xid, xmax);
    }

    /// Widens a 32-bit transaction id to the 64-bit id nearest to `near`.
    public static long widen(int xid, long near) {
        return near + (xid - (int) near);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransactionSnapshot(long otherXmin, long otherXmax, long[] otherActive)
                && xmin == otherXmin
                && xmax == otherXmax
                && Arrays.equals(active, otherActive);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(xmin) * 31 + Long.hashCode(xmax);
    }

    /// PostgreSQL's text form, which [#parse] reads.
    @Override
    public String toString() {
        return xmin + ":" + xmax + ":" + String.join(",", Arrays.stream(active).mapToObj(Long::toString).toList());
    }
}
