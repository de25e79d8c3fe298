package dev.millrace.worker.desk;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckReader;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.RetryPolicy;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.CopyDesk;
import dev.millrace.worker.holder.ResyncReport;
import dev.millrace.worker.holder.StatusReport;
import dev.millrace.worker.holder.StopSignal;
import dev.millrace.worker.holder.TableFinding;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/// The desk over a file that nobody holds: each question opens it and closes it again, for reading where that is enough.
///
/// @param wiring of the connection
/// @param listener hears of the run that a comparison needs
public record FileDesk(Wiring wiring, RunListener listener) implements CopyDesk {

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        try (DuckReader reader = wiring.reader()) {
            SqlQuery.run(reader.session(), sql, rows, stop);
        }
    }

    @Override
    public StatusReport status() {
        try (DuckReader reader = wiring.reader()) {
            return new Statuses(wiring).of(reader.recall(), reader.session(), false);
        }
    }

    @Override
    public ResyncReport resync(List<TableName> tables) {
        requireCopy();
        try (DuckDestination destination = wiring.destination()) {
            return Resyncs.of(destination.recall(), tables, false, wanted -> wanted.forEach(destination::requestCopy));
        }
    }

    /// Compares by a run of its own, after one that ends copies under way and brings the copy up to now.
    @Override
    public void verify(List<TableName> tables, Consumer<TableFinding> findings, StopSignal stop) {
        requireCopy();
        try (ConnectionSync sync = ConnectionSync.open(wiring)) {
            stop.then(sync::stop);
            sync.run(Goal.UP_TO_NOW, RetryPolicy.none(), listener, (_, _) -> {});
            if (stop.isGiven()) {
                return;
            }
            CompletableFuture<Void> run = inThread(
                    "run", () -> sync.run(Goal.CONTINUOUS, RetryPolicy.none(), listener, (_, _) -> {}));
            CompletableFuture<Void> comparison = inThread("verify", () -> SyncDesk.compare(sync, tables, findings));
            CompletableFuture.anyOf(run, comparison).handle((_, _) -> true).join();
            sync.stop();
            // A run that failed is the reason why the comparison did.
            join(run);
            join(comparison);
        }
    }

    private static CompletableFuture<Void> inThread(String name, Runnable work) {
        return CompletableFuture.runAsync(work, task -> Thread.ofPlatform().name(name).daemon().start(task));
    }

    private void requireCopy() {
        try (DuckReader reader = wiring.reader()) {
            if (reader.recall().position().isEmpty()) {
                throw new Fault(
                        FaultKind.DESTINATION_UNUSABLE,
                        wiring.file().toString(),
                        "%s holds no copy for the prefix `%s` yet.".formatted(wiring.file(), wiring.settings().schemaPrefix()),
                        "Run `millrace sync` first.");
            }
        }
    }

    private static void join(CompletableFuture<?> work) {
        try {
            work.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Fault fault) {
                throw fault;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        // Holds nothing between two questions.
    }
}
