package dev.millrace.core.fold;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.shape.Shape;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Folds changes of one table without a key and one shape to the rows that began and the rows of which one equal ended, each with its
/// commit time.
///
/// A truncate divides them into epochs, counted from 0: a row can only be ended by what stands in its own epoch, and the destination's
/// rows belong to the first. Holds on to the changes that were added. Belongs to one thread.
public final class MultisetHistoryFold {

    /// Some rows, each with a time and an epoch.
    private static final class Rows {
        private int[] versions = new int[256];
        private long[] at = new long[256];
        private int[] epoch = new int[256];
        private boolean[] replaced = new boolean[256];
        private int count;

        void add(int version, long time, int inEpoch, boolean isReplaced) {
            if (count == versions.length) {
                versions = Arrays.copyOf(versions, 2 * count);
                at = Arrays.copyOf(at, 2 * count);
                epoch = Arrays.copyOf(epoch, 2 * count);
                replaced = Arrays.copyOf(replaced, 2 * count);
            }
            versions[count] = version;
            at[count] = time;
            epoch[count] = inEpoch;
            replaced[count++] = isReplaced;
        }
    }

    private final Shape shape;
    private final RowVersions versions = new RowVersions();
    private final Rows begun = new Rows();
    private final Rows ended = new Rows();
    private long[] truncatedAt = new long[4];
    private int epoch;

    /// Begins with no changes.
    public MultisetHistoryFold(Shape shape) {
        this.shape = shape;
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
                case INSERT -> begin(cursor, RowVersions.NONE);
                case UPDATE -> begin(cursor, end(cursor, true));
                case DELETE -> end(cursor, false);
                case TRUNCATE -> truncate(cursor.committedAt());
            }
        }
    }

    private void begin(ChangeCursor cursor, int base) {
        begun.add(versions.add(cursor.newTuple(), base), cursor.committedAt(), epoch, false);
    }

    private int end(ChangeCursor cursor, boolean isReplaced) {
        int version = versions.addWholeOld(cursor, shape);
        ended.add(version, cursor.committedAt(), epoch, isReplaced);
        return version;
    }

    private void truncate(long at) {
        if (epoch == truncatedAt.length) {
            truncatedAt = Arrays.copyOf(truncatedAt, 2 * epoch);
        }
        truncatedAt[epoch++] = at;
    }

    /// The shape of the rows.
    public Shape shape() {
        return shape;
    }

    /// The last epoch: its rows go on, unless they were ended one by one.
    public int lastEpoch() {
        return epoch;
    }

    /// When an epoch ended, by a truncate: microseconds since 1970. Not of the last one.
    public long truncatedAt(int ofEpoch) {
        return truncatedAt[ofEpoch];
    }

    /// How many rows began.
    public int begunRows() {
        return begun.count;
    }

    /// How many rows ended one by one.
    public int endedRows() {
        return ended.count;
    }

    /// When a row began.
    public long begunAt(int number) {
        return begun.at[number];
    }

    /// When a row ended.
    public long endedAt(int number) {
        return ended.at[number];
    }

    /// In which epoch a row began.
    public int begunIn(int number) {
        return begun.epoch[number];
    }

    /// In which epoch a row ended.
    public int endedIn(int number) {
        return ended.epoch[number];
    }

    /// Whether a row ended because an update put another in its place.
    public boolean isReplaced(int number) {
        return ended.replaced[number];
    }

    /// Reads a row that began.
    ///
    /// @param number counts from 0 to below [#begunRows]
    public void readBegun(int number, FoldedRow into) {
        into.begin(true);
        versions.fillWhole(begun.versions[number], into, shape);
    }

    /// Reads a row that ended, as it was.
    ///
    /// @param number counts from 0 to below [#endedRows]
    public void readEnded(int number, FoldedRow into) {
        into.begin(false);
        versions.fillWhole(ended.versions[number], into, shape);
    }
}
