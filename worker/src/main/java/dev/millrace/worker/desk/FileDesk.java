package dev.millrace.worker.desk;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.RetryPolicy;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.CopyDesk;
import dev.millrace.worker.holder.ResyncReport;
import dev.millrace.worker.holder.StatusReport;
import dev.millrace.worker.holder.TableFinding;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/// The desk over a copy that no process of this machine writes: each question opens it and closes it again, for reading where that is enough.
///
/// @param wiring of the connection
/// @param listener hears of the run that a comparison needs
public record FileDesk(Wiring wiring, RunListener listener) implements CopyDesk {

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        try (CopyReader reader = reader()) {
            reader.query(sql, rows, stop);
        }
    }

    @Override
    public StatusReport status() {
        try (CopyReader reader = reader()) {
            return new Statuses(wiring).of(reader, false);
        }
    }

    @Override
    public ResyncReport resync(List<TableName> tables) {
        requireCopy();
        try (Destination destination = wiring.place().open(wiring.clock())) {
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
        try (CopyReader reader = reader()) {
            if (reader.recall().position().isEmpty()) {
                throw new Fault(
                        FaultKind.DESTINATION_UNUSABLE,
                        wiring.place().subject(),
                        "%s holds no copy for the prefix `%s` yet.".formatted(wiring.place().subject(), wiring.settings().schemaPrefix()),
                        "Run `millrace sync` first.");
            }
        }
    }

    private CopyReader reader() {
        CopyPlace place = wiring.place();
        return place.reader()
                .orElseThrow(() -> new Fault(
                        FaultKind.DESTINATION_UNUSABLE,
                        place.subject(),
                        "There is no %s, so there is no copy to read.".formatted(place.subject()),
                        "Run `millrace sync` first, or correct `destination` in the settings."));
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
