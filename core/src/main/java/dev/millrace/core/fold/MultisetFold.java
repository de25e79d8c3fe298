package dev.millrace.core.fold;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.shape.Shape;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Folds changes of one table without a key and one shape to the rows that are added and the rows of which one equal is to be marked
/// deleted.
///
/// A destination writes the added rows first and then marks the removed ones; the order among them makes no difference, since every
/// removed row is there by then. Rows that were added before a truncate are added as deleted ones. Holds on to the changes that were
/// added. Belongs to one thread.
public final class MultisetFold {

    private final Shape shape;
    private final RowVersions versions = new RowVersions();
    private int[] added = new int[256];
    private int addedCount;
    private int addedBeforeTruncate;
    private int[] removed = new int[256];
    private int removedCount;
    private boolean truncated;

    /// Begins with no changes.
    public MultisetFold(Shape shape) {
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
                case INSERT -> append(versions.add(cursor.newTuple(), RowVersions.NONE));
                case UPDATE -> {
                    int old = remove(cursor);
                    append(versions.add(cursor.newTuple(), old));
                }
                case DELETE -> remove(cursor);
                case TRUNCATE -> truncate();
            }
        }
    }

    private void append(int version) {
        if (addedCount == added.length) {
            added = Arrays.copyOf(added, 2 * addedCount);
        }
        added[addedCount++] = version;
    }

    private int remove(ChangeCursor cursor) {
        if (removedCount == removed.length) {
            removed = Arrays.copyOf(removed, 2 * removedCount);
        }
        removed[removedCount] = versions.addWholeOld(cursor, shape);
        return removed[removedCount++];
    }

    private void truncate() {
        truncated = true;
        addedBeforeTruncate = addedCount;
        removedCount = 0;
    }

    /// The shape of the rows.
    public Shape shape() {
        return shape;
    }

    /// Whether the table was emptied: every row that the destination holds is then to be marked deleted, before anything else.
    public boolean truncated() {
        return truncated;
    }

    /// How many rows are added.
    public int addedRows() {
        return addedCount;
    }

    /// How many rows are removed.
    public int removedRows() {
        return removedCount;
    }

    /// Reads an added row; it does not live if the table was emptied behind it.
    ///
    /// @param number counts from 0 to below [#addedRows]
    public void readAdded(int number, FoldedRow into) {
        into.begin(number >= addedBeforeTruncate);
        versions.fillWhole(added[number], into, shape);
    }

    /// Reads a removed row as it was.
    ///
    /// @param number counts from 0 to below [#removedRows]
    public void readRemoved(int number, FoldedRow into) {
        into.begin(false);
        versions.fillWhole(removed[number], into, shape);
    }
}
