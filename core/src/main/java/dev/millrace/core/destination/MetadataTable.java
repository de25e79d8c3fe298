package dev.millrace.core.destination;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A small table beside the copies, about them: which connections there are, what their runs did.
///
/// @param name of the table
/// @param columns in order
/// @param rows each with a value for each column: a [String], [Long], [Boolean], [java.time.Instant] or [java.time.LocalDate], as the column's type has it
/// @param growing whether the rows come to those that are there, the first column being their key; if not, they take the place of all of them
public record MetadataTable(String name, List<Column> columns, List<Row> rows, boolean growing) {

    /// Keeps its own copies of the lists.
    public MetadataTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /// A row.
    ///
    /// @param values in the order of the columns; not to be changed by anybody
    @SuppressWarnings("ArrayRecordComponent")
    public record Row(@Nullable Object... values) {}

    /// A column.
    public record Column(String name, Type type) {}

    /// What a column holds.
    public enum Type {
        TEXT,
        NUMBER,
        FLAG,
        MOMENT,
        DATE
    }
}
