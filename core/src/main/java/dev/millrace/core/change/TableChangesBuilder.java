package dev.millrace.core.change;

import dev.millrace.core.shape.Shape;
import java.util.Arrays;

/// Packs the changes of one table and one shape, one behind the other. Belongs to one thread.
public final class TableChangesBuilder {

    private static final int FIRST_SIZE = 256;

    private final Shape shape;
    private byte[] packed = new byte[FIRST_SIZE];
    private int length;
    private int count;
    private final long[] counts = new long[ChangeKind.values().length];
    private long xid = -1;

    /// Begins with no changes.
    public TableChangesBuilder(Shape shape) {
        this.shape = shape;
    }

    /// The shape that every change added here has.
    public Shape shape() {
        return shape;
    }

    /// Adds an insert, update or delete as pgoutput sent it.
    ///
    /// @param change one of INSERT, UPDATE and DELETE
    /// @param transaction the top-level transaction that made it
    /// @param message the buffer that holds the log message
    /// @param from the offset behind the message's relation id
    /// @param to the offset behind the message
    public void add(ChangeKind change, Transaction transaction, byte[] message, int from, int to) {
        begin(transaction, 1 + to - from);
        packed[length++] = letter(change);
        System.arraycopy(message, from, packed, length, to - from);
        length += to - from;
        count++;
        counts[change.ordinal()]++;
    }

    /// Adds the emptying of the table.
    public void addTruncate(Transaction transaction) {
        begin(transaction, 1);
        packed[length++] = TableChanges.TRUNCATE;
        count++;
        counts[ChangeKind.TRUNCATE.ordinal()]++;
    }

    private void begin(Transaction transaction, int room) {
        ensure(room + TableChanges.TRANSACTION_BYTES);
        if (transaction.xid() != xid) {
            xid = transaction.xid();
            packed[length++] = TableChanges.TRANSACTION;
            putLong(xid);
            putLong(transaction.committedAt());
        }
    }

    private void putLong(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            packed[length++] = (byte) (value >>> shift);
        }
    }

    private void ensure(int room) {
        long needed = (long) length + room;
        if (needed > packed.length) {
            if (needed > Integer.MAX_VALUE - 8) {
                throw new IllegalStateException("Invalid size of a table's changes: " + needed + " bytes (must be below 2 GB)");
            }
            packed = Arrays.copyOf(packed, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, packed.length * 2L)));
        }
    }

    private static byte letter(ChangeKind change) {
        return switch (change) {
            case INSERT -> TableChanges.INSERT;
            case UPDATE -> TableChanges.UPDATE;
            case DELETE -> TableChanges.DELETE;
            case TRUNCATE -> throw new IllegalArgumentException("Invalid change: TRUNCATE (must be added by addTruncate)");
        };
    }

    /// The number of changes so far.
    public int count() {
        return count;
    }

    /// The same by kind.
    ChangeCount counts() {
        return new ChangeCount(
                counts[ChangeKind.INSERT.ordinal()],
                counts[ChangeKind.UPDATE.ordinal()],
                counts[ChangeKind.DELETE.ordinal()],
                counts[ChangeKind.TRUNCATE.ordinal()]);
    }

    /// The bytes used so far.
    public int sizeInBytes() {
        return length;
    }

    /// The changes so far; this builder must not be used any more.
    public TableChanges build() {
        return new TableChanges(shape, packed, length, count);
    }
}
