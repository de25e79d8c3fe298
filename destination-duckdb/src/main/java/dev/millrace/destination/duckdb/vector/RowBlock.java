package dev.millrace.destination.duckdb.vector;

/// As many rows as one vector of DuckDB holds, as fields that still have PostgreSQL's form, column by column.
///
/// Belongs to one statement; filled and written again for every chunk. The fields point into the buffers that the rows came in.
public final class RowBlock {

    /// The size of DuckDB's standard vector.
    static final int CAPACITY = 2048;

    final FieldBlock[] fields;

    RowBlock(int columns) {
        this.fields = new FieldBlock[columns];
        for (int i = 0; i < columns; i++) {
            fields[i] = new FieldBlock();
        }
    }

    /// How many rows fit.
    int limit() {
        return CAPACITY;
    }
}
