package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.WireForm;

/// Takes the rows of a first copy, one field of the row for one column of the block, in order.
public final class CopyFiller implements RowFiller {

    private final CopyRows rows;
    private final byte[] kinds;
    private long count;
    private boolean ended;

    /// Takes rows that have a shape.
    public CopyFiller(CopyRows rows, Shape shape) {
        this.rows = rows;
        this.kinds = new byte[shape.columns().size()];
        for (int i = 0; i < kinds.length; i++) {
            Column column = shape.columns().get(i);
            kinds[i] = WireForm.of(column.type()) == WireForm.TEXT ? Tuple.TEXT : Tuple.BINARY;
        }
    }

    @Override
    public RowBlock block(int columns) {
        return RowBlock.ofRows(columns);
    }

    @Override
    public int fill(RowBlock block) {
        int row = 0;
        while (!ended && row < block.limit()) {
            byte[] bytes = rows.next();
            if (bytes == null) {
                ended = true;
            } else {
                put(block, row++, bytes);
            }
        }
        count += row;
        return row;
    }

    private void put(RowBlock block, int row, byte[] bytes) {
        if (Tuple.int16(bytes, 0) != kinds.length) {
            throw new IllegalStateException(
                    "Invalid row of a copy: %d fields (must be %d)".formatted(Tuple.int16(bytes, 0), kinds.length));
        }
        FieldBlock[] fields = block.fields;
        if (fields.length > 0) {
            fields[0].bytes[row] = bytes;
        }
        int at = 2;
        for (int field = 0; field < kinds.length; field++) {
            int length = Tuple.int32(bytes, at);
            at += 4;
            if (length < 0) {
                fields[field].setNull(row);
            } else {
                fields[field].set(row, kinds[field], at, length);
                at += length;
            }
        }
    }

    /// How many rows were taken so far.
    public long count() {
        return count;
    }
}
