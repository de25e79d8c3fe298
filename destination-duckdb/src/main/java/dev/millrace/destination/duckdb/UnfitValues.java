package dev.millrace.destination.duckdb;

import dev.millrace.core.shape.TableName;
import java.util.SortedMap;

/// Some values of a statement do not fit their columns, which must be widened before it is run again.
final class UnfitValues extends RuntimeException {

    private final TableName table;
    private final transient SortedMap<String, Long> counts;

    UnfitValues(TableName table, SortedMap<String, Long> counts) {
        super("Values of %s that do not fit: %s".formatted(table, counts));
        this.table = table;
        this.counts = counts;
    }

    /// The source's table.
    TableName table() {
        return table;
    }

    /// How many, by column.
    SortedMap<String, Long> counts() {
        return counts;
    }

    /// Throws if the query had such values.
    static void check(TableName table, RowQuery query) {
        if (!query.unfit().counts().isEmpty()) {
            throw new UnfitValues(table, query.unfit().counts());
        }
    }
}
