package dev.millrace.core.merge;

import dev.millrace.core.shape.TableName;
import java.util.SortedMap;

/// Some values of a statement do not fit their columns, which must be widened before it is run again.
public final class UnfitValues extends RuntimeException {

    private final TableName table;
    private final transient SortedMap<String, Long> counts;

    /// So many values, by column of a table.
    public UnfitValues(TableName table, SortedMap<String, Long> counts) {
        super("Values of %s that do not fit: %s".formatted(table, counts));
        this.table = table;
        this.counts = counts;
    }

    /// The source's table.
    public TableName table() {
        return table;
    }

    /// How many, by column.
    public SortedMap<String, Long> counts() {
        return counts;
    }
}
