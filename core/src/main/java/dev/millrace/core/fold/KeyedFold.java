package dev.millrace.core.fold;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.Shape;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Folds changes of one keyed table and one shape to one row for each key that they touch.
///
/// A key whose row was deleted, moved away or truncated stays as a row that does not live, with the last values that are known of it;
/// so it makes no difference for the destination how a source's history was cut into batches. Holds on to the changes that were added.
/// Belongs to one thread.
public final class KeyedFold {

    /* For each key: its latest version (NONE: only the destination has values), the version whose tuple has all fields of the key, and
       the number of the truncate epoch in which it was last written, if it lives; a truncate begins a new epoch and so ends every row
       at no cost. */

    private static final int DEAD = -1;

    private final Shape shape;
    private final KeyBytes keyBytes;
    private final KeySet keys = new KeySet();
    private final RowVersions versions = new RowVersions();
    private int[] latest = new int[256];
    private int[] keyTuple = new int[256];
    private int[] liveIn = new int[256];
    private int epoch;
    private final Tuple scratch = new Tuple();

    /// Begins with no changes.
    public KeyedFold(Shape shape) {
        if (!shape.isKeyed()) {
            throw new IllegalArgumentException("Invalid shape of %s: no key (must have one)".formatted(shape.table()));
        }
        this.shape = shape;
        this.keyBytes = new KeyBytes(shape);
    }

    /// Adds changes behind those added before.
    public void add(TableChanges changes) {
        add(changes, _ -> false);
    }

    /// Adds changes behind those added before, except those of transactions that `skipped` names.
    public void add(TableChanges changes, LongPredicate skipped) {
        versions.source(changes);
        ChangeCursor cursor = changes.cursor();
        while (cursor.advance()) {
            if (skipped.test(cursor.xid())) {
                continue;
            }
            switch (cursor.kind()) {
                case INSERT -> insert(cursor.newTuple());
                case UPDATE -> update(cursor);
                case DELETE -> delete(cursor);
                case TRUNCATE -> epoch++;
            }
        }
    }

    private void insert(Tuple row) {
        int key = key(row);
        write(key, versions.add(row, RowVersions.NONE));
    }

    private void update(ChangeCursor cursor) {
        Tuple row = cursor.newTuple();
        boolean hasOld = cursor.oldRow() != ChangeCursor.OldRow.NONE;
        int newKey = key(keyBytes.isIn(row) || !hasOld ? row : cursor.oldTuple());
        int oldKey = hasOld ? key(cursor.oldTuple()) : newKey;
        int base = isWhole(row) ? RowVersions.NONE : base(cursor, oldKey);
        if (oldKey != newKey) {
            end(cursor, oldKey);
        }
        write(newKey, versions.add(row, base));
    }

    private int base(ChangeCursor cursor, int oldKey) {
        if (cursor.oldRow() == ChangeCursor.OldRow.WHOLE) {
            return versions.add(cursor.oldTuple(), RowVersions.NONE);
        }
        return latest[oldKey] == RowVersions.NONE ? RowVersions.target(oldKey) : latest[oldKey];
    }

    private void delete(ChangeCursor cursor) {
        end(cursor, key(cursor.oldTuple()));
    }

    /// Ends the row of a key, keeping the best that is known of its values.
    private void end(ChangeCursor cursor, int key) {
        liveIn[key] = DEAD;
        if (latest[key] == RowVersions.NONE && cursor.oldRow() == ChangeCursor.OldRow.WHOLE) {
            latest[key] = versions.add(cursor.oldTuple(), RowVersions.NONE);
        }
    }

    private void write(int key, int version) {
        latest[key] = version;
        liveIn[key] = epoch;
    }

    private int key(Tuple tuple) {
        if (!keyBytes.isIn(tuple)) {
            throw new IllegalStateException("Invalid change of %s: a field of the key is missing".formatted(shape.table()));
        }
        int absent = keyBytes.nullPlace(tuple);
        if (absent >= 0) {
            throw withoutKey(shape, absent);
        }
        keyBytes.read(tuple);
        int known = keys.size();
        int key = keys.add(keyBytes.bytes(), keyBytes.length());
        if (key == known) {
            if (key == latest.length) {
                latest = Arrays.copyOf(latest, 2 * key);
                keyTuple = Arrays.copyOf(keyTuple, 2 * key);
                liveIn = Arrays.copyOf(liveIn, 2 * key);
            }
            latest[key] = RowVersions.NONE;
            liveIn[key] = DEAD;
            keyTuple[key] = versions.add(tuple, RowVersions.NONE);
        }
        return key;
    }

    /// The fault of a change in which a field of the key is null.
    static Fault withoutKey(Shape shape, int place) {
        String column = shape.columns().get(place).name();
        return new Fault(
                FaultKind.REPLICA_IDENTITY_MISSING,
                shape.table().toString(),
                "Column %s belongs to the key of %s and is null in a change, so the row cannot be told from others; nothing of its batch was written."
                        .formatted(column, shape.table()),
                "See that the key's columns are NOT NULL at the source, then run `millrace resync` for %s.".formatted(shape.table()));
    }

    private static boolean isWhole(Tuple tuple) {
        for (int field = 0; field < tuple.count(); field++) {
            if (tuple.kind(field) == Tuple.UNCHANGED) {
                return false;
            }
        }
        return true;
    }

    /// The shape of the rows.
    public Shape shape() {
        return shape;
    }

    /// How many keys the changes touch.
    public int keys() {
        return keys.size();
    }

    /// Whether the table was emptied: every row that the destination holds is then to be marked deleted, before anything else.
    public boolean truncated() {
        return epoch > 0;
    }

    /// Reads the row of a key.
    ///
    /// @param key counts from 0 to below [#keys]
    public void read(int key, FoldedRow into) {
        into.begin(liveIn[key] == epoch);
        int version = latest[key];
        while (version >= 0 && !into.isWhole()) {
            versions.read(version, scratch);
            into.fill(scratch);
            version = versions.base(version);
        }
        if (into.isWhole()) {
            return;
        }
        versions.read(keyTuple[key], scratch);
        for (int place : shape.keyPlaces()) {
            into.fill(place, scratch);
        }
        if (!into.isWhole()) {
            int baseKey = RowVersions.isTarget(version) ? RowVersions.targetKey(version) : key;
            versions.read(keyTuple[baseKey], into.base());
        }
    }

    /// Whether some fields of this key's row must be looked up at the destination; cheaper than reading it where the answer is no.
    public boolean isPartial(int key, FoldedRow scratchRow) {
        int version = latest[key];
        if (version >= 0 && versions.base(version) == RowVersions.NONE) {
            return false;
        }
        read(key, scratchRow);
        return !scratchRow.isWhole();
    }
}
