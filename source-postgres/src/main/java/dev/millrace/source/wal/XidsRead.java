package dev.millrace.source.wal;

import dev.millrace.core.position.TransactionSnapshot;

/// The latest transactions that were read to their end. Safe for several threads.
final class XidsRead {

    private static final int REMEMBERED = 1 << 17;

    private final long[] xids = new long[REMEMBERED];
    private int next;
    private int count;

    synchronized void add(long xid) {
        xids[next] = xid;
        next = next + 1 & REMEMBERED - 1;
        count = Math.min(count + 1, REMEMBERED);
    }

    synchronized boolean contains(long xid) {
        for (int i = 0; i < count; i++) {
            if (xids[i] == xid) {
                return true;
            }
        }
        return false;
    }

    /// Whether one of them is not visible in the snapshot.
    synchronized boolean anyHiddenFrom(TransactionSnapshot snapshot) {
        for (int i = 0; i < count; i++) {
            if (!snapshot.sees(xids[i])) {
                return true;
            }
        }
        return false;
    }
}
