package dev.millrace.core.run;

import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.position.Position;
import dev.millrace.core.source.Catalog;
import java.util.List;

/// What a run did.
///
/// @param position up to where the destination holds everything
/// @param rowsCopied rows of ranges that became durable
/// @param tablesPublished tables whose copy became visible
/// @param changes changes of the log that became durable
/// @param leftOut tables that are not followed
/// @param widened columns that this run turned into text for values that did not fit
/// @param stopped whether the run was told to stop before it reached its goal
public record RunSummary(
        Position position,
        long rowsCopied,
        int tablesPublished,
        long changes,
        List<Catalog.LeftOut> leftOut,
        List<WidenedColumn> widened,
        boolean stopped) {

    /// Keeps its own copy of the list.
    public RunSummary {
        leftOut = List.copyOf(leftOut);
        widened = List.copyOf(widened);
    }
}
