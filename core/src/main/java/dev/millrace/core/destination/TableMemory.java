package dev.millrace.core.destination;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import java.util.Map;
import java.util.Optional;

/// What a destination remembers of one table.
///
/// @param state where it stands
/// @param mode what becomes of its rows that change or vanish
/// @param shape the shape of its latest rows
/// @param published whether readers can see it, from this copy or an earlier one
/// @param plan how it is being copied; empty for a table that is STREAMING
/// @param finished the ranges that are loaded, by number
/// @param copyRequested whether a person wants it copied again
/// @param rows live rows when it was last counted by a load or publish; an estimate for display
/// @param names what the destination calls it and its columns
public record TableMemory(
        TableState state,
        SyncMode mode,
        Shape shape,
        boolean published,
        Optional<CopyPlan> plan,
        Map<Integer, FinishedRange> finished,
        boolean copyRequested,
        long rows,
        TargetNames names) {

    /// Keeps its own copy of the map.
    public TableMemory {
        finished = Map.copyOf(finished);
    }

    /// The same in another state.
    public TableMemory withState(TableState other) {
        return new TableMemory(other, mode, shape, published, plan, finished, copyRequested, rows, names);
    }

    /// The same in another mode.
    public TableMemory withMode(SyncMode other) {
        return new TableMemory(state, other, shape, published, plan, finished, copyRequested, rows, names);
    }

    /// The same with rows of another shape.
    public TableMemory withShape(Shape other) {
        return new TableMemory(state, mode, other, published, plan, finished, copyRequested, rows, names);
    }

    /// The same with other names.
    public TableMemory withNames(TargetNames other) {
        return new TableMemory(state, mode, shape, published, plan, finished, copyRequested, rows, other);
    }

    /// The same with other ranges loaded.
    public TableMemory withFinished(Map<Integer, FinishedRange> other) {
        return new TableMemory(state, mode, shape, published, plan, other, copyRequested, rows, names);
    }

    /// The same, wanted anew.
    public TableMemory withCopyRequested() {
        return new TableMemory(state, mode, shape, published, plan, finished, true, rows, names);
    }

    /// A range that is loaded.
    ///
    /// @param snapshot what its reader could see
    /// @param readAt a position, read after the snapshot was taken
    /// @param rows how many rows it had
    public record FinishedRange(TransactionSnapshot snapshot, Position readAt, long rows) {}
}
