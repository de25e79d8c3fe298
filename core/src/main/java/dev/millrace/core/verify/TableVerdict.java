package dev.millrace.core.verify;

import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.TableName;
import java.util.List;

/// What comparing one table found.
///
/// @param table at the source; columns are called as they are there, too
/// @param names what the destination calls both
/// @param sourceRows rows at the source
/// @param destinationRows live rows at the destination
/// @param bucketsDiffering how many buckets differ
/// @param differences the rows found in them, up to a limit
/// @param complete whether `differences` holds every row that differs
/// @param ended rows that only the destination has, where it is not told of rows that end; they are no difference
public record TableVerdict(
        TableName table,
        TargetNames names,
        long sourceRows,
        long destinationRows,
        int bucketsDiffering,
        List<Difference> differences,
        boolean complete,
        long ended) {

    /// Keeps its own copy of the list.
    public TableVerdict {
        differences = List.copyOf(differences);
    }

    /// Whether both sides are the same.
    public boolean equal() {
        return bucketsDiffering == 0;
    }
}
