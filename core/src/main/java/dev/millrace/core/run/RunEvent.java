package dev.millrace.core.run;

import dev.millrace.core.change.ChangeCount;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.ColumnChange;
import dev.millrace.core.shape.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a run tells while it goes on. Holds names, counts and positions, never a cell's value.
public sealed interface RunEvent {

    /// A table of the publication is not followed.
    ///
    /// @param remedy what would change that; empty where it is as the user wanted
    record TableLeftOut(TableName table, String reason, String remedy) implements RunEvent {}

    /// Something that a person should know of a table that is followed.
    record TableWarned(TableName table, String warning) implements RunEvent {}

    /// A table's copy begins or goes on.
    ///
    /// @param estimatedRows PostgreSQL's estimate; -1 where it has none
    /// @param blocks its size in blocks of 8 kB
    /// @param blocksDone of these, how many an earlier run has copied
    /// @param rowsDone how many rows an earlier run has copied
    record CopyStarted(TableName table, long estimatedRows, long blocks, long blocksDone, long rowsDone) implements RunEvent {}

    /// Rows of a copy have been read. Comes from any copying thread, a few times a second.
    ///
    /// @param rows since the last such event of this range
    /// @param bytes since the last such event of this range
    record CopyProgressed(TableName table, long rows, long bytes) implements RunEvent {}

    /// A range of a copy is durable.
    record RangeLoaded(TableName table, int range, long blocks, long rows) implements RunEvent {}

    /// A copy that had begun begins anew.
    record CopyBegunAnew(TableName table, String reason) implements RunEvent {}

    /// Every table is copied anew.
    record AllBegunAnew(String reason) implements RunEvent {}

    /// Every range of a table is durable; the log has yet to pass the point at which they were read.
    record TableCopied(TableName table) implements RunEvent {}

    /// A table is visible at the destination and follows the log from here.
    record TablePublished(TableName table, long rows, Position position) implements RunEvent {}

    /// The columns of a published table change in place, as they did at the source.
    record TableAltered(TableName table, List<ColumnChange> changes) implements RunEvent {

        /// Keeps its own copy of the list.
        public TableAltered {
            changes = List.copyOf(changes);
        }
    }

    /// The rows of a published table were turned into those of another mode.
    record TableConverted(TableName table, SyncMode from, SyncMode to) implements RunEvent {}

    /// A table that was followed no longer can be; its rows stay at the destination.
    record TableForgotten(TableName table, String reason) implements RunEvent {}

    /// Values did not fit their column, which was turned into text so that none was lost.
    record ColumnWidened(WidenedColumn column) implements RunEvent {}

    /// A batch is durable.
    ///
    /// @param tables what was changed in each table, as far as it was counted
    record BatchWritten(
            Position through,
            Optional<Instant> committedAt,
            int transactions,
            long changes,
            long bytes,
            Duration took,
            Map<TableName, ChangeCount> tables)
            implements RunEvent {

        /// Keeps its own copy of the map.
        public BatchWritten {
            tables = Map.copyOf(tables);
        }
    }

    /// How far the destination is behind, where that can be said in bytes of log.
    ///
    /// @param bytes of log between the two
    record LagMeasured(Position destination, Position end, long bytes) implements RunEvent {}
}
