package dev.millrace.source.pgoutput;

import dev.millrace.core.change.Tuple;
import java.util.Arrays;

/// Drops fields from the tuples of row messages: those of columns that shall not be copied. Belongs to one thread.
public final class ColumnMask {

    private final boolean[] kept;
    private final int keptCount;
    private byte[] masked = new byte[256];
    private int length;

    /// Keeps the columns that are marked.
    ///
    /// @param kept one mark for each column of the relation, in its order
    public ColumnMask(boolean[] kept) {
        this.kept = kept.clone();
        int count = 0;
        for (boolean keep : kept) {
            count += keep ? 1 : 0;
        }
        this.keptCount = count;
    }

    /// Copies the rest of a row message, which [TupleBounds#check] has found whole, without the dropped fields.
    ///
    /// @return the length; the bytes are in [#buffer] until the next call
    public int apply(byte[] source, int from, int to) {
        if (masked.length < to - from) {
            masked = new byte[Math.max(to - from, masked.length * 2)];
        }
        length = 0;
        int at = from;
        while (at < to) {
            masked[length++] = source[at];
            at = copyTuple(source, at + 1);
        }
        return length;
    }

    /// The bytes that [#apply] made, from offset 0.
    public byte[] buffer() {
        return masked;
    }

    private int copyTuple(byte[] source, int from) {
        masked[length++] = (byte) (keptCount >>> 8);
        masked[length++] = (byte) keptCount;
        int at = from + 2;
        for (boolean keep : kept) {
            byte kind = source[at];
            int size = kind == Tuple.BINARY || kind == Tuple.TEXT ? 5 + Tuple.int32(source, at + 1) : 1;
            if (keep) {
                System.arraycopy(source, at, masked, length, size);
                length += size;
            }
            at += size;
        }
        return at;
    }

    @Override
    public String toString() {
        return "mask of " + Arrays.toString(kept);
    }
}
