package dev.millrace.core.destination;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import java.util.Map;
import java.util.Optional;

/// What a destination remembers of one table.
///
/// @param state where it stands
/// @param shape the shape of its latest rows
/// @param published whether readers can see it, from this copy or an earlier one
/// @param plan how it is being copied; empty for a table that is STREAMING
/// @param finished the ranges that are loaded, by number
/// @param copyRequested whether a person wants it copied again
/// @param rows live rows when it was last counted by a load or publish; an estimate for display
public record TableMemory(
        TableState state,
        Shape shape,
        boolean published,
        Optional<CopyPlan> plan,
        Map<Integer, FinishedRange> finished,
        boolean copyRequested,
        long rows) {

    /// Keeps its own copy of the map.
    public TableMemory {
        finished = Map.copyOf(finished);
    }

    /// A range that is loaded.
    ///
    /// @param snapshot what its reader could see
    /// @param readAt the log's insert position, read after the snapshot was taken
    /// @param rows how many rows it had
    public record FinishedRange(TransactionSnapshot snapshot, Lsn readAt, long rows) {}
}
