package dev.millrace.core.merge;

import dev.millrace.core.shape.TableName;

/// The table lacks rows that changes build on: the values that an update left out, or the row that was removed.
public final class MissingRow extends RuntimeException {

    private final TableName table;
    private final long rows;

    /// So many rows of a table.
    public MissingRow(TableName table, long rows) {
        super("%d rows that changes build on are not in %s".formatted(rows, table));
        this.table = table;
        this.rows = rows;
    }

    /// The source's table.
    public TableName table() {
        return table;
    }

    /// How many.
    public long rows() {
        return rows;
    }
}
