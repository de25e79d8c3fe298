package dev.millrace.source.scan;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.WireForm;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Turns rows of a binary COPY, with hashed columns hashed, into what pgoutput sends of an insert or a delete: `N` or `K`, and a TupleData.
/// Belongs to one thread.
///
/// A row may have more fields than the shape; those behind the shape's are left out.
final class RowForm {

    private final byte[] kinds;
    private final boolean[] inKey;

    RowForm(Shape shape) {
        this.kinds = new byte[shape.columns().size()];
        this.inKey = new boolean[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            boolean binary = WireForm.of(shape.columns().get(i).type()) == WireForm.BINARY;
            kinds[i] = binary ? Tuple.BINARY : Tuple.TEXT;
        }
        shape.keyPlaces().forEach(place -> inKey[place] = true);
    }

    /// An insert of the whole row.
    byte[] inserted(Tuple row) {
        return message((byte) 'N', row, false);
    }

    /// A delete by the row's key.
    byte[] deleted(Tuple row) {
        return message((byte) 'K', row, true);
    }

    private byte[] message(byte letter, Tuple row, boolean keyOnly) {
        ByteBuffer out = ByteBuffer.allocate(size(row));
        out.put(letter).putShort((short) kinds.length);
        for (int i = 0; i < kinds.length; i++) {
            if (row.kind(i) == Tuple.NULL || keyOnly && !inKey[i]) {
                out.put(Tuple.NULL);
            } else {
                out.put(kinds[i]).putInt(row.length(i)).put(row.bytes(), row.offset(i), row.length(i));
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private int size(Tuple row) {
        int size = 3;
        for (int i = 0; i < kinds.length; i++) {
            size += 5 + (row.kind(i) == Tuple.NULL ? 0 : row.length(i));
        }
        return size;
    }
}
