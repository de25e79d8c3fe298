package dev.millrace.core.shape;

import java.util.List;

/// How a row of a table is told from another, in the log and at the destination.
public sealed interface RowIdentity {

    /// By the values of some columns: the primary key, or the index of `REPLICA IDENTITY USING INDEX`.
    ///
    /// @param columns places in [Shape#columns], counted from 0, in the table's order
    record Keyed(List<Integer> columns) implements RowIdentity {

        /// Refuses an empty key and keeps its own copy.
        public Keyed {
            columns = List.copyOf(columns);
            if (columns.isEmpty()) {
                throw new IllegalArgumentException("Invalid key: no columns (must have one or more)");
            }
        }
    }

    /// By all of its values: a table without a key, whose equal rows cannot be told apart and are counted instead.
    record WholeRow() implements RowIdentity {}
}
