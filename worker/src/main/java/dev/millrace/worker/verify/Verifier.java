package dev.millrace.worker.verify;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.Comparison;
import dev.millrace.core.verify.CopySide;
import dev.millrace.core.verify.TableVerdict;
import dev.millrace.source.verify.PostgresSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Compares a source with the destination of a run that is following it, at one point of the log, while the run goes on.
///
/// A snapshot of the source is taken, and a fence put into the run's feed where that snapshot stands. When the run has committed the
/// batch that ends at the fence, and before it writes the next, the destination is held by a transaction. Then both sides show the same
/// moment, and the run goes on while they are compared.
public final class Verifier {

    private static final int TRIES = 20;

    /// The destination at the moment of the fence.
    private record Held(CopySide side, Memory memory) {}

    private final SyncRun run;
    private final Supplier<PostgresSide> source;
    private final Supplier<CopySide> destination;
    private final Duration patience;
    private volatile Supplier<Memory> memory = Memory::empty;

    /// Prepares a comparison.
    ///
    /// @param run goes on in another thread, with [dev.millrace.core.run.Goal#CONTINUOUS]
    /// @param source opens a side of the source with a new snapshot
    /// @param destination opens a side of the destination as it is now
    /// @param patience how long the run may take to reach a fence
    public Verifier(SyncRun run, Supplier<PostgresSide> source, Supplier<CopySide> destination, Duration patience) {
        this.run = run;
        this.source = source;
        this.destination = destination;
        this.patience = patience;
    }

    /// Compares the tables that are wanted and that follow the log; the others are named in the result.
    ///
    /// @param progress hears each table's verdict as it is found
    public Verdict verify(Predicate<TableName> wanted, Consumer<TableVerdict> progress) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            PostgresSide here = source.get();
            Fence fence = here.fence();
            CompletableFuture<Held> held = fence.cut().thenApply(_ -> hold());
            try (here) {
                switch (passed(fence)) {
                    case Fence.Outcome.Exact(Position position) -> {
                        return compare(here, position, await(held), wanted, progress);
                    }
                    case Fence.Outcome.Crossed() -> {}
                }
            } finally {
                held.thenAccept(there -> there.side().close());
                fence.cut().cancel(false);
            }
        }
        throw new Fault(
                FaultKind.SOURCE_BUSY,
                "the source",
                "In %d tries, transactions became visible in another order than they were committed in, so there was no moment to compare."
                        .formatted(TRIES),
                "Try again at a quieter time.");
    }

    private Held hold() {
        CopySide side = destination.get();
        return new Held(side, memory.get());
    }

    private Fence.Outcome passed(Fence fence) {
        await(run.between(now -> {
            memory = now.destination()::recall;
            now.feed().fence(fence);
            return true;
        }));
        return await(fence.stands());
    }

    private Verdict compare(
            PostgresSide here, Position position, Held there, Predicate<TableName> wanted, Consumer<TableVerdict> progress) {
        Comparison comparison = new Comparison(here, there.side(), run.tellsOfEnds());
        List<TableVerdict> verdicts = new ArrayList<>();
        Map<TableName, TableState> notCompared = new TreeMap<>();
        for (Map.Entry<TableName, TableMemory> entry : there.memory().tables().entrySet()) {
            TableMemory table = entry.getValue();
            if (!wanted.test(entry.getKey())) {
                continue;
            }
            if (table.state() != TableState.STREAMING) {
                notCompared.put(entry.getKey(), table.state());
                continue;
            }
            Shape shape = table.shape();
            TableVerdict verdict = comparison.compare(there.side().subject(shape, table.names()), table.rows());
            verdicts.add(verdict);
            progress.accept(verdict);
        }
        return new Verdict(position, verdicts, notCompared);
    }

    private <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Fault(
                    FaultKind.SOURCE_BUSY,
                    "the log",
                    "The destination did not reach the moment of the comparison within %d seconds.".formatted(patience.toSeconds()),
                    "Wait until the lag that `millrace status` shows is small, then compare.",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Fault fault) {
                throw fault;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }
}
