package dev.millrace.worker.desk;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.CopyDesk;
import dev.millrace.worker.holder.ResyncReport;
import dev.millrace.worker.holder.StatusReport;
import dev.millrace.worker.holder.TableFinding;
import dev.millrace.worker.verify.Verdict;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The desk beside a sync that goes on in this process.
///
/// @param wiring of the connection
/// @param sync that goes on; stays the caller's to close
public record SyncDesk(Wiring wiring, ConnectionSync sync) implements CopyDesk {

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        try (CopyReader reader = sync.reader()) {
            reader.query(sql, rows, stop);
        }
    }

    @Override
    public StatusReport status() {
        try (CopyReader reader = sync.reader()) {
            return new Statuses(wiring).of(reader, true);
        }
    }

    @Override
    public ResyncReport resync(List<TableName> tables) {
        Memory memory = sync.recall();
        return Resyncs.of(memory, tables, true, sync::resync);
    }

    @Override
    public void verify(List<TableName> tables, Consumer<TableFinding> findings, StopSignal stop) {
        compare(sync, tables, findings);
    }

    /// Compares and tells.
    static void compare(ConnectionSync sync, List<TableName> tables, Consumer<TableFinding> findings) {
        Predicate<TableName> wanted = table -> tables.isEmpty() || tables.contains(table);
        Verdict verdict = sync.verify(wanted, table -> findings.accept(Verdicts.of(table)));
        verdict.notCompared().forEach((table, state) -> findings.accept(Verdicts.notCompared(table, state)));
    }

    @Override
    public void close() {
        // What it stands beside is not its own.
    }
}
