package dev.millrace.core.fold;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Shape;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.LongPredicate;

/// Folds changes of one keyed table and one shape to one row for each key that they touch.
///
/// A key whose row was deleted, moved away or truncated stays as a row that does not live, with the last values that are known of it;
/// so it makes no difference for the destination how a source's history was cut into batches. Holds on to the changes that were added.
/// Belongs to one thread.
public final class KeyedFold {

    /* For each key: its latest version (NONE: only the destination has values), and the number of the truncate epoch in which it was
       last written, if it lives; a truncate begins a new epoch and so ends every row at no cost. */

    private static final int DEAD = -1;
    private static final int UNTOUCHED = -2;

    private final Shape shape;
    private final RowVersions versions = new RowVersions();
    private final NumberedKeys keys;
    private int[] latest = new int[256];
    private int[] liveIn = new int[256];
    private final BitSet begunByInsert = new BitSet();
    private int epoch;
    private int orphans;

    /// Begins with no changes.
    public KeyedFold(Shape shape) {
        this.shape = shape;
        this.keys = new NumberedKeys(shape, versions);
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
                case DELETE -> end(key(cursor.oldTuple()));
                case TRUNCATE -> epoch++;
            }
        }
    }

    private void insert(Tuple row) {
        int known = keys.size();
        int key = key(row);
        begunByInsert.set(key, key == known || begunByInsert.get(key));
        write(key, versions.add(row, RowVersions.NONE));
    }

    private void update(ChangeCursor cursor) {
        Tuple row = cursor.newTuple();
        boolean hasOld = cursor.oldRow() != ChangeCursor.OldRow.NONE;
        int newKey = key(keys.afterUpdate(cursor));
        int oldKey = hasOld ? key(cursor.oldTuple()) : newKey;
        int base = row.isWhole() ? RowVersions.NONE : base(cursor, oldKey);
        orphans += !row.isWhole() && cursor.oldRow() != ChangeCursor.OldRow.WHOLE && hasEnded(oldKey) ? 1 : 0;
        if (oldKey != newKey) {
            end(oldKey);
        }
        write(newKey, versions.add(row, base));
    }

    private int base(ChangeCursor cursor, int oldKey) {
        if (cursor.oldRow() == ChangeCursor.OldRow.WHOLE) {
            return versions.add(cursor.oldTuple(), RowVersions.NONE);
        }
        return latest[oldKey] == RowVersions.NONE ? RowVersions.target(oldKey) : latest[oldKey];
    }

    /// Ends the row of a key. Nothing is taken of an old row that the log has whole: whether there is one to be ended, and what it holds, the
    /// destination knows.
    private void end(int key) {
        liveIn[key] = DEAD;
    }

    private void write(int key, int version) {
        latest[key] = version;
        liveIn[key] = epoch;
    }

    private int key(Tuple tuple) {
        int known = keys.size();
        int key = keys.of(tuple);
        if (key == known) {
            if (key == latest.length) {
                latest = Arrays.copyOf(latest, 2 * key);
                liveIn = Arrays.copyOf(liveIn, 2 * key);
            }
            latest[key] = RowVersions.NONE;
            liveIn[key] = UNTOUCHED;
        }
        return key;
    }

    private boolean hasEnded(int key) {
        return liveIn[key] == UNTOUCHED ? epoch > 0 : liveIn[key] != epoch;
    }

    /// How many updates leave out values of a row that had ended before: what the row held then is not what they mean. There are none but in
    /// changes of a table with a row filter, which tell nothing of a row while it is outside.
    public int orphans() {
        return orphans;
    }

    /// The shape of the rows.
    public Shape shape() {
        return shape;
    }

    /// How many keys the changes touch.
    public int keys() {
        return keys.size();
    }

    /// Whether the first that happened to a key was an insert, so that as a rule the destination has no row of it. Not if the source says again
    /// what is so already.
    public boolean isBegunByInsert(int key) {
        return begunByInsert.get(key);
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
        int base = versions.fill(latest[key], into);
        if (!into.isWhole()) {
            keys.complete(key, base, into);
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
