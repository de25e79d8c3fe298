package dev.millrace.destination.duckdb.vector;

import java.util.Arrays;
import java.util.function.Supplier;

/// As many rows as one vector of DuckDB holds, as fields that still have PostgreSQL's form, column by column.
///
/// Belongs to one statement; filled and written again for every chunk. The fields point into the buffers that the rows came in.
public final class RowBlock {

    /// The size of DuckDB's standard vector.
    static final int CAPACITY = 2048;

    final FieldBlock[] fields;

    private RowBlock(int columns, Supplier<FieldBlock> field) {
        this.fields = new FieldBlock[columns];
        Arrays.setAll(fields, _ -> field.get());
    }

    /// Rows whose fields come from anywhere.
    static RowBlock ofFields(int columns) {
        return new RowBlock(columns, FieldBlock::new);
    }

    /// Rows that each lie in one array, which is stored once and not once for each field: storing a reference is what costs most when
    /// a row is taken apart.
    static RowBlock ofRows(int columns) {
        byte[][] rows = new byte[CAPACITY][];
        return new RowBlock(columns, () -> new FieldBlock(rows));
    }

    /// How many rows fit.
    int limit() {
        return CAPACITY;
    }
}
