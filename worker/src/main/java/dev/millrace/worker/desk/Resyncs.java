package dev.millrace.worker.desk;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.holder.ResyncReport;
import java.util.List;
import java.util.function.Consumer;

/// Sorts the tables that somebody wants copied again.
final class Resyncs {

    private Resyncs() {}

    /// Has the known ones copied again; none if any is unknown, so that a slip of the finger does half of nothing.
    ///
    /// @param wanted empty for all
    static ResyncReport of(Memory memory, List<TableName> wanted, boolean running, Consumer<List<TableName>> begin) {
        List<TableName> all = wanted.isEmpty() ? List.copyOf(memory.tables().keySet()) : wanted;
        List<String> unknown = all.stream()
                .filter(table -> !memory.tables().containsKey(table))
                .map(TableName::toString)
                .toList();
        if (!unknown.isEmpty()) {
            return new ResyncReport(List.of(), unknown, running);
        }
        begin.accept(all);
        return new ResyncReport(all.stream().map(TableName::toString).toList(), List.of(), running);
    }
}
