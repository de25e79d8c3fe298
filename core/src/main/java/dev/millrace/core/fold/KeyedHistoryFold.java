package dev.millrace.core.fold;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Shape;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Folds changes of one keyed table and one shape to what a history shows of them: for each key, and each transaction that touched it,
/// how the row was when the transaction committed.
///
/// That is an event: a version of the row, or its end. Events of one key stand in the log's order. Holds on to the changes that were
/// added. Belongs to one thread.
public final class KeyedHistoryFold {

    private static final int ENDED = -1;

    private final Shape shape;
    private final RowVersions versions = new RowVersions();
    private final NumberedKeys keys;
    private int[] latest = new int[256];
    private int[] latestEvent = new int[256];
    private long[] xidOfLatest = new long[256];
    private int[] eventKey = new int[256];
    private int[] eventVersion = new int[256];
    private long[] eventAt = new long[256];
    private long[] eventXid = new long[256];
    private boolean[] eventInserts = new boolean[256];
    private int events;
    private boolean insertedAlive;
    private boolean truncated;
    private long truncatedAt;
    private long truncatedBy;
    private long newestXid = -1;
    private int orphans;

    /// Begins with no changes.
    public KeyedHistoryFold(Shape shape) {
        this.shape = shape;
        this.keys = new NumberedKeys(shape, versions);
    }

    /// Adds changes behind those added before, except those of transactions that `skipped` names.
    public void add(TableChanges changes, LongPredicate skipped) {
        versions.source(changes);
        ChangeCursor cursor = changes.cursor();
        while (cursor.advance()) {
            if (skipped.test(cursor.xid())) {
                continue;
            }
            newestXid = cursor.xid();
            switch (cursor.kind()) {
                case INSERT -> {
                    int key = key(cursor.newTuple());
                    write(cursor, key, versions.add(cursor.newTuple(), RowVersions.NONE));
                }
                case UPDATE -> update(cursor);
                case DELETE -> event(cursor, key(cursor.oldTuple()), ENDED);
                case TRUNCATE -> truncate(cursor);
            }
        }
    }

    private void update(ChangeCursor cursor) {
        Tuple row = cursor.newTuple();
        boolean hasOld = cursor.oldRow() != ChangeCursor.OldRow.NONE;
        int newKey = key(keys.afterUpdate(cursor));
        int oldKey = hasOld ? key(cursor.oldTuple()) : newKey;
        int base = row.isWhole() ? RowVersions.NONE : base(cursor, oldKey);
        orphans += !row.isWhole() && cursor.oldRow() != ChangeCursor.OldRow.WHOLE && hasEnded(oldKey) ? 1 : 0;
        if (oldKey != newKey) {
            event(cursor, oldKey, ENDED);
        }
        write(cursor, newKey, versions.add(row, base));
    }

    private int base(ChangeCursor cursor, int oldKey) {
        if (cursor.oldRow() == ChangeCursor.OldRow.WHOLE) {
            return versions.add(cursor.oldTuple(), RowVersions.NONE);
        }
        return latest[oldKey] == RowVersions.NONE ? RowVersions.target(oldKey) : latest[oldKey];
    }

    private void write(ChangeCursor cursor, int key, int version) {
        latest[key] = version;
        event(cursor, key, version);
    }

    private void truncate(ChangeCursor cursor) {
        for (int key = 0; key < keys.size(); key++) {
            if (eventVersion[latestEvent[key]] != ENDED) {
                event(cursor, key, ENDED);
            }
        }
        if (!truncated) {
            truncated = true;
            truncatedAt = cursor.committedAt();
            truncatedBy = cursor.xid();
        }
    }

    private void event(ChangeCursor cursor, int key, int version) {
        event(cursor.xid(), cursor.committedAt(), key, version, cursor.kind() == ChangeKind.INSERT);
    }

    /// Notes how a row is; what the same transaction made of it before was never seen.
    private void event(long xid, long at, int key, int version, boolean inserts) {
        if (latestEvent[key] >= 0 && xidOfLatest[key] == xid) {
            eventVersion[latestEvent[key]] = version;
            eventInserts[latestEvent[key]] &= inserts;
            return;
        }
        insertedAlive |= inserts && latestEvent[key] >= 0 && !hasEnded(key);
        if (events == eventKey.length) {
            eventKey = Arrays.copyOf(eventKey, 2 * events);
            eventVersion = Arrays.copyOf(eventVersion, 2 * events);
            eventAt = Arrays.copyOf(eventAt, 2 * events);
            eventXid = Arrays.copyOf(eventXid, 2 * events);
            eventInserts = Arrays.copyOf(eventInserts, 2 * events);
        }
        eventKey[events] = key;
        eventVersion[events] = version;
        eventAt[events] = at;
        eventXid[events] = xid;
        eventInserts[events] = inserts;
        latestEvent[key] = events++;
        xidOfLatest[key] = xid;
    }

    private int key(Tuple tuple) {
        int known = keys.size();
        int key = keys.of(tuple);
        if (key == known) {
            if (key == latest.length) {
                latest = Arrays.copyOf(latest, 2 * key);
                latestEvent = Arrays.copyOf(latestEvent, 2 * key);
                xidOfLatest = Arrays.copyOf(xidOfLatest, 2 * key);
            }
            latest[key] = RowVersions.NONE;
            latestEvent[key] = -1;
            if (truncated) {
                event(truncatedBy, truncatedAt, key, ENDED, false);
            }
        }
        return key;
    }

    private boolean hasEnded(int key) {
        return latestEvent[key] >= 0 && eventVersion[latestEvent[key]] == ENDED;
    }

    /// How many updates leave out values of a row that had ended before; see [KeyedFold#orphans].
    public int orphans() {
        return orphans;
    }

    /// The shape of the rows.
    public Shape shape() {
        return shape;
    }

    /// How many events there are.
    public int events() {
        return events;
    }

    /// Whether the table was emptied: every open version that the destination holds of a key without events then ended
    /// [at that time][#truncatedAt].
    public boolean truncated() {
        return truncated;
    }

    /// When the table was first emptied: microseconds since 1970.
    public long truncatedAt() {
        return truncatedAt;
    }

    /// The number of an event's key, counted from 0 in the order in which keys first appear.
    public int key(int event) {
        return eventKey[event];
    }

    /// The commit time of an event: microseconds since 1970. Need not ascend.
    public long at(int event) {
        return eventAt[event];
    }

    /// The transaction of an event.
    public long xid(int event) {
        return eventXid[event];
    }

    /// Whether all that the transaction did to the key was to insert it. If it lived before, with equal values, nothing has happened; which only
    /// the destination can tell.
    public boolean inserts(int event) {
        return eventInserts[event];
    }

    /// Whether some event inserts a key that the event before it left alive.
    public boolean insertedAlive() {
        return insertedAlive;
    }

    /// The transaction of the last change, which may go on in changes that come later; -1 if there was none.
    public long latestXid() {
        return newestXid;
    }

    /// Reads an event's row; of an end only the key's fields are known. A field of a version whose kind is [Tuple#UNCHANGED] has the
    /// value of the version that the destination holds open for the [base key][FoldedRow#baseKey].
    ///
    /// @param event counts from 0 to below [#events]
    public void read(int event, FoldedRow into) {
        int version = eventVersion[event];
        into.begin(version != ENDED);
        int base = versions.fill(version, into);
        if (!into.isWhole()) {
            keys.complete(eventKey[event], base, into);
        }
    }

    /// Whether some version lacks fields that must be looked up at the destination.
    public boolean hasPartial() {
        for (int event = 0; event < events; event++) {
            int version = eventVersion[event];
            while (version >= 0) {
                version = versions.base(version);
            }
            if (RowVersions.isTarget(version)) {
                return true;
            }
        }
        return false;
    }
}
