package dev.millrace.destination.duckdb;

import dev.millrace.core.shape.TableName;

/// The table lacks rows that changes build on: the values that an update left out, or the row that was removed.
final class MissingRow extends RuntimeException {

    private final TableName table;
    private final long rows;

    MissingRow(TableName table, long rows) {
        super("%d rows that changes build on are not in %s".formatted(rows, table));
        this.table = table;
        this.rows = rows;
    }

    /// The source's table.
    TableName table() {
        return table;
    }

    /// How many.
    long rows() {
        return rows;
    }
}
