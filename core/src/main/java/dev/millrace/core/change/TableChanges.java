package dev.millrace.core.change;

import dev.millrace.core.shape.Shape;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Changes of one table, all of one shape, in source order, packed into one buffer. Immutable; may be read by many threads, each
/// with a cursor of its own.
///
/// Layout: records one behind the other, each beginning with a letter. `X` + xid8 + int64: the changes that follow belong to this
/// top-level transaction, whose 64-bit id and commit time (microseconds since 1970) these are. `I`, `U`, `D`: the rest of pgoutput's
/// Insert, Update or Delete message behind the relation id, verbatim: `N` + tuple; (`K` or `O`) + tuple + `N` + tuple; (`K` or `O`) +
/// tuple. `T`: the table was emptied. Tuples hold the shape's columns, in its order.
public final class TableChanges {

    static final byte TRANSACTION = 'X';

    /// The length of a record that names a transaction.
    static final int TRANSACTION_BYTES = 17;

    static final byte INSERT = 'I';
    static final byte UPDATE = 'U';
    static final byte DELETE = 'D';
    static final byte TRUNCATE = 'T';
    static final byte OLD_KEY = 'K';
    static final byte OLD_ROW = 'O';

    private final Shape shape;
    private final byte[] packed;
    private final int length;
    private final int count;

    TableChanges(Shape shape, byte[] packed, int length, int count) {
        this.shape = shape;
        this.packed = packed;
        this.length = length;
        this.count = count;
    }

    /// Wraps a buffer that [#packed] once gave.
    ///
    /// @param packed the buffer, which is not copied and must not change any more
    /// @param count the number of changes in it
    public static TableChanges of(Shape shape, byte[] packed, int count) {
        return new TableChanges(shape, packed, packed.length, count);
    }

    /// The shape that every row in here has.
    public Shape shape() {
        return shape;
    }

    /// The number of changes.
    public int count() {
        return count;
    }

    /// The size of the packed changes in bytes.
    public int sizeInBytes() {
        return length;
    }

    /// A copy of the packed changes, for keeping them elsewhere; [#of] reads it.
    public byte[] packed() {
        return Arrays.copyOf(packed, length);
    }

    /// Writes what [#packed] gives without copying it first.
    void writePacked(DataOutput out) throws IOException {
        out.write(packed, 0, length);
    }

    /// Reads the row that lies at `start`, which [Tuple#start] of a cursor's tuple gave.
    public void read(int start, Tuple into) {
        into.readLogged(packed, start);
    }

    /// Whether some change is of a transaction that `skipped` does not name.
    public boolean hasOthers(LongPredicate skipped) {
        ChangeCursor cursor = cursor();
        while (cursor.advance()) {
            if (!skipped.test(cursor.xid())) {
                return true;
            }
        }
        return false;
    }

    /// A new cursor before the first change.
    public ChangeCursor cursor() {
        return new ChangeCursor(packed, length);
    }
}
