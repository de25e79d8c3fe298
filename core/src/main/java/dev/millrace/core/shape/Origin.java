package dev.millrace.core.shape;

import java.util.List;

/// What the catalogue tells of a table's past: enough to see later whether its rows changed in ways of which the log says nothing.
///
/// @param relation the table's object id; 0 where nothing is known
/// @param partitioned whether its rows lie in partitions
/// @param columnsEver how many columns it has ever had, dropped ones included: the highest number that one can have
/// @param columns the numbers of those that are there, copied or not
/// @param files where its rows lie: the table itself, or its leaf partitions
/// @param stamps changes whenever one of its columns is altered
public record Origin(int relation, boolean partitioned, int columnsEver, List<Integer> columns, List<File> files, String stamps) {

    /// Nothing is known.
    public static final Origin UNKNOWN = new Origin(0, false, 0, List.of(), List.of(), "");

    /// A relation that holds rows.
    ///
    /// @param relation its object id
    /// @param node the name of its file (`relfilenode`), another one after every rewrite and every truncate
    /// @param born whether it was empty when it came to the table: made as its partition, not attached
    public record File(int relation, long node, boolean born) {}

    /// Keeps its own copies of the lists.
    public Origin {
        columns = List.copyOf(columns);
        files = List.copyOf(files);
    }

    /// Whether anything is known.
    public boolean isKnown() {
        return relation != 0;
    }

    /// The same, of a table that was seen with so many columns.
    Origin withColumnsEver(int count) {
        return count <= columnsEver ? this : new Origin(relation, partitioned, count, columns, files, stamps);
    }
}
