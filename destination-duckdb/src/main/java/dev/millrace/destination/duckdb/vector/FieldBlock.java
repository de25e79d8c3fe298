package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.value.MalformedValue;

/// One column of a [RowBlock]: where the bytes of its fields lie, and in which form. Plain arrays, since every value passes here.
final class FieldBlock {

    final byte[][] bytes;
    final byte[] kinds = new byte[RowBlock.CAPACITY];
    final int[] offsets = new int[RowBlock.CAPACITY];
    final int[] lengths = new int[RowBlock.CAPACITY];

    /// Fields whose bytes lie in arrays of their own.
    FieldBlock() {
        this(new byte[RowBlock.CAPACITY][]);
    }

    /// Fields whose bytes lie in `bytes`, which other columns may share.
    FieldBlock(byte[][] bytes) {
        this.bytes = bytes;
    }

    /// Sets a value.
    void set(int row, byte kind, byte[] from, int offset, int length) {
        bytes[row] = from;
        kinds[row] = kind;
        offsets[row] = offset;
        lengths[row] = length;
    }

    /// Sets a value that lies in the row's array, where that is there already.
    void set(int row, byte kind, int offset, int length) {
        kinds[row] = kind;
        offsets[row] = offset;
        lengths[row] = length;
    }

    void setNull(int row) {
        kinds[row] = Tuple.NULL;
    }

    /// Whether there is a value; a field that nobody filled counts as null.
    boolean isValue(int row) {
        byte kind = kinds[row];
        return kind == Tuple.BINARY || kind == Tuple.TEXT;
    }

    /// Refuses a value of another length, whose reading would go on into what lies beside it.
    static void expectLength(FieldBlock fields, int row, int length) {
        if (fields.lengths[row] != length) {
            throw new MalformedValue("Invalid value: %d bytes (must be %d)".formatted(fields.lengths[row], length));
        }
    }

    boolean isText(int row) {
        return kinds[row] == Tuple.TEXT;
    }
}
