package dev.millrace.source.copy;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.value.ValueHash;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Copied rows in which the values of hashed columns, which the server has printed, are replaced by their hashes. Fields behind those of the
/// shape stay as they are.
public final class HashedCopyRows implements CopyRows {

    private final CopyRows rows;
    private final Shape shape;
    private final ValueHash hash;
    private final Tuple tuple = new Tuple();

    /// Hashes what `rows` gives.
    public HashedCopyRows(CopyRows rows, Shape shape, ValueHash hash) {
        this.rows = rows;
        this.shape = shape;
        this.hash = hash;
    }

    @Override
    public byte @Nullable [] next() {
        byte[] row = rows.next();
        if (row == null) {
            return null;
        }
        tuple.readCopied(row, 0);
        ByteBuffer out = ByteBuffer.allocate(length());
        out.putShort((short) tuple.count());
        for (int field = 0; field < tuple.count(); field++) {
            if (tuple.kind(field) == Tuple.NULL) {
                out.putInt(-1);
            } else if (isHashed(field)) {
                out.putInt(ValueHash.LENGTH);
                out.put(hash.of(shape.columns().get(field).type(), Tuple.TEXT, row, tuple.offset(field), tuple.length(field)));
            } else {
                out.putInt(tuple.length(field));
                out.put(row, tuple.offset(field), tuple.length(field));
            }
        }
        return out.array();
    }

    private boolean isHashed(int field) {
        return field < shape.columns().size() && shape.columns().get(field).isHashed();
    }

    private int length() {
        int length = 2;
        for (int field = 0; field < tuple.count(); field++) {
            boolean isNull = tuple.kind(field) == Tuple.NULL;
            length += 4 + (isNull ? 0 : isHashed(field) ? ValueHash.LENGTH : tuple.length(field));
        }
        return length;
    }
}
