package dev.millrace.worker.holder;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// What comparing one table with its source found.
///
/// @param table its name at the source
/// @param nameInDestination its schema and name at the destination; empty if it was not compared
/// @param outcome whether it was compared, and how it turned out
/// @param reason why it was not compared, or what has to be known beside the outcome; empty otherwise
/// @param sourceRows rows at the source
/// @param destinationRows live rows at the destination
/// @param differences rows that differ, up to a limit
/// @param complete whether `differences` holds all of them
public record TableFinding(
        String table,
        String nameInDestination,
        Outcome outcome,
        String reason,
        long sourceRows,
        long destinationRows,
        List<RowDifference> differences,
        boolean complete) {

    /// Keeps its own copy of the list.
    public TableFinding {
        differences = List.copyOf(differences);
    }

    /// How a comparison turned out.
    public enum Outcome {
        /// Every row is the same.
        @JsonProperty("equal")
        EQUAL,
        /// Some rows are not.
        @JsonProperty("different")
        DIFFERENT,
        /// It could not be compared now.
        @JsonProperty("skipped")
        SKIPPED
    }

    /// A row that differs.
    ///
    /// @param kind `missing` at the destination, `extra` there, or `unequal`
    /// @param key the key's values, or all values of a row without a key
    /// @param count how many such rows
    /// @param columns the columns that differ, of an unequal row, by name at the source
    /// @param columnsInDestination what they are called at the destination, in the same order
    public record RowDifference(String kind, List<String> key, int count, List<String> columns, List<String> columnsInDestination) {

        /// Keeps its own copies of the lists.
        public RowDifference {
            key = List.copyOf(key);
            columns = List.copyOf(columns);
            columnsInDestination = List.copyOf(columnsInDestination);
        }
    }
}
