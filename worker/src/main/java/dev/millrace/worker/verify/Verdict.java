package dev.millrace.worker.verify;

import dev.millrace.core.destination.TableState;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.TableVerdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a comparison found.
///
/// @param position the point of the log at which both sides were held
/// @param tables one for each table that was compared
/// @param notCompared tables that are not following the log yet, with their state
public record Verdict(Position position, List<TableVerdict> tables, Map<TableName, TableState> notCompared) {

    /// Keeps its own copies.
    public Verdict {
        tables = List.copyOf(tables);
        notCompared = new TreeMap<>(notCompared);
    }

    /// Whether every table was compared and is the same on both sides.
    public boolean proven() {
        return notCompared.isEmpty() && tables.stream().allMatch(TableVerdict::equal);
    }
}
