package dev.millrace.core.change;

import org.jspecify.annotations.Nullable;

/// Walks over the changes of one [TableChanges] in source order. Belongs to one thread.
///
/// The tuples are the cursor's own and are overwritten by the next [#advance].
public final class ChangeCursor {

    /// What an update or delete carries of the row as it was.
    public enum OldRow {
        /// Nothing: the key did not change.
        NONE,
        /// The values of the replica identity's columns; every other field is null and means nothing.
        KEY,
        /// The whole row (`REPLICA IDENTITY FULL`).
        WHOLE
    }

    private final byte[] packed;
    private final int end;
    private int at;
    private int start;
    private long xid;
    private long committedAt;
    private @Nullable ChangeKind kind;
    private OldRow oldRow = OldRow.NONE;
    private final Tuple oldTuple = new Tuple();
    private final Tuple newTuple = new Tuple();

    ChangeCursor(byte[] packed, int end) {
        this.packed = packed;
        this.end = end;
    }

    /// Steps to the next change; false at the end.
    public boolean advance() {
        while (at < end && packed[at] == TableChanges.TRANSACTION) {
            xid = Tuple.int64(packed, at + 1);
            committedAt = Tuple.int64(packed, at + 9);
            at += TableChanges.TRANSACTION_BYTES;
        }
        if (at >= end) {
            return false;
        }
        seek(at);
        return true;
    }

    /// Goes back (or forward) to the change that begins at `offset`, which [#offset] gave. The transaction is not known afterwards.
    public void seek(int offset) {
        start = offset;
        at = offset + 1;
        oldRow = OldRow.NONE;
        switch (packed[offset]) {
            case TableChanges.INSERT -> {
                kind = ChangeKind.INSERT;
                readNew();
            }
            case TableChanges.UPDATE -> {
                kind = ChangeKind.UPDATE;
                readOld();
                readNew();
            }
            case TableChanges.DELETE -> {
                kind = ChangeKind.DELETE;
                readOld();
            }
            case TableChanges.TRUNCATE -> kind = ChangeKind.TRUNCATE;
            default -> throw new IllegalStateException("Invalid change record: " + packed[offset] + " (must be X, I, U, D or T)");
        }
    }

    private void readOld() {
        if (packed[at] == TableChanges.OLD_KEY) {
            oldRow = OldRow.KEY;
            at = oldTuple.readLogged(packed, at + 1);
        } else if (packed[at] == TableChanges.OLD_ROW) {
            oldRow = OldRow.WHOLE;
            at = oldTuple.readLogged(packed, at + 1);
        }
    }

    private void readNew() {
        at = newTuple.readLogged(packed, at + 1);
    }

    /// What happened.
    public ChangeKind kind() {
        if (kind == null) {
            throw new IllegalStateException("Invalid use of a cursor: no change (must advance first)");
        }
        return kind;
    }

    /// Where this change begins, for [#seek].
    public int offset() {
        return start;
    }

    /// The 64-bit id of the top-level transaction that made this change.
    public long xid() {
        return xid;
    }

    /// When that transaction committed, by the source's clock: microseconds since 1970. Need not ascend from transaction to transaction.
    public long committedAt() {
        return committedAt;
    }

    /// What [#oldTuple] holds.
    public OldRow oldRow() {
        return oldRow;
    }

    /// The row as it was, as far as [#oldRow] says.
    public Tuple oldTuple() {
        return oldTuple;
    }

    /// The row as it is now; meaningful for inserts and updates.
    public Tuple newTuple() {
        return newTuple;
    }
}
