package dev.millrace.worker;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.FaultKind.Retry;
import dev.millrace.core.run.BetweenBatches;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.TableVerdict;
import dev.millrace.source.PostgresSource;
import dev.millrace.worker.verify.Verdict;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The syncing of one connection in this process: holds its destination, and runs it, again after faults that pass.
///
/// One thread calls [#run]; everything else may be called from any thread.
public final class ConnectionSync implements AutoCloseable {

    private static final Duration BEGIN_PATIENCE = Duration.ofSeconds(10);
    private static final Duration ANSWER_PATIENCE = Duration.ofMinutes(1);

    /// Hears that a run ended by a fault and will be tried again.
    @FunctionalInterface
    public interface PauseListener {

        /// Hears of a fault and of the pause that follows.
        void pausing(Fault fault, Duration pause);
    }

    private final Wiring wiring;
    private final ReadableDestination destination;
    private final Object turn = new Object();
    private @Nullable SyncRun run;
    private boolean stopping;
    private boolean failed;

    private ConnectionSync(Wiring wiring, ReadableDestination destination) {
        this.wiring = wiring;
        this.destination = destination;
    }

    /// Opens the destination; nothing runs yet.
    ///
    /// @throws Fault if it cannot be opened, or another process holds it
    public static ConnectionSync open(Wiring wiring) {
        return new ConnectionSync(wiring, wiring.place().open(wiring.clock()));
    }

    /// Runs to the goal, or until [#stop].
    ///
    /// @param retries when a failed run is tried again
    /// @param pauses hears when one is going to be
    /// @throws Fault that waiting does not mend, or that was met too often
    public RunSummary run(Goal goal, RetryPolicy retries, RunListener listener, PauseListener pauses) {
        synchronized (turn) {
            failed = false;
        }
        try {
            return runUntilDone(goal, retries, listener, pauses);
        } catch (RuntimeException e) {
            synchronized (turn) {
                failed = true;
                turn.notifyAll();
            }
            throw e;
        }
    }

    private RunSummary runUntilDone(Goal goal, RetryPolicy retries, RunListener listener, PauseListener pauses) {
        int failures = 0;
        while (true) {
            Progress progress = new Progress(listener);
            try {
                return runOnce(goal, progress);
            } catch (Fault fault) {
                failures = progress.made ? 1 : failures + 1;
                if (fault.kind().retry() != Retry.SOON || failures >= retries.attemptsMax() || isStopping()) {
                    throw fault;
                }
                Duration pause = retries.pauseAfter(failures);
                pauses.pausing(fault, pause);
                if (!rest(pause)) {
                    throw fault;
                }
            }
        }
    }

    private RunSummary runOnce(Goal goal, RunListener listener) {
        try (PostgresSource source = wiring.source(destination.recall(), destination.salt())) {
            SyncRun next = new SyncRun(source, destination, wiring.settings().selection(), wiring.settings().limits(), listener);
            synchronized (turn) {
                run = next;
                turn.notifyAll();
                if (stopping) {
                    next.stop();
                }
            }
            return next.run(goal);
        } catch (Fault fault) {
            throw brokenOnTheWay(fault);
        } finally {
            synchronized (turn) {
                run = null;
            }
        }
    }

    /// A session that broke tells nothing of why; the way to the source may know: an agent that vanished, a tunnel that is gone.
    private Fault brokenOnTheWay(Fault fault) {
        if (fault.kind() != FaultKind.CONNECTION_LOST) {
            return fault;
        }
        Fault way = wiring.route().hindrance().orElse(fault);
        if (way != fault) {
            way.addSuppressed(fault);
        }
        return way;
    }

    /// Waits; false if the sync was stopped meanwhile.
    private boolean rest(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        synchronized (turn) {
            while (!stopping) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return true;
                }
                try {
                    turn.wait(left);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return false;
        }
    }

    /// Asks the run to end at its next safe point, and no other to begin.
    public void stop() {
        synchronized (turn) {
            stopping = true;
            if (run != null) {
                run.stop();
            }
            turn.notifyAll();
        }
    }

    private boolean isStopping() {
        synchronized (turn) {
            return stopping;
        }
    }

    /// The run that goes on; waits for one that is about to begin.
    private SyncRun current() {
        long end = System.nanoTime() + BEGIN_PATIENCE.toNanos();
        synchronized (turn) {
            while (run == null && !stopping && !failed) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    break;
                }
                try {
                    turn.wait(left);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    throw resting();
                }
            }
            if (run == null) {
                throw resting();
            }
            return run;
        }
    }

    /// What the destination remembers now, also while the sync waits to try again.
    public Memory recall() {
        synchronized (turn) {
            if (run == null) {
                return destination.recall();
            }
        }
        return between(now -> now.destination().recall());
    }

    /// Begins new copies of tables at once; or has the next run begin them, while the sync waits to try again.
    public void resync(Iterable<TableName> tables) {
        synchronized (turn) {
            if (run == null) {
                tables.forEach(destination::requestCopy);
                return;
            }
        }
        between(now -> {
            tables.forEach(table -> now.resync().accept(table));
            return true;
        });
    }

    /// Compares both sides at one moment while the run goes on.
    public Verdict verify(Predicate<TableName> wanted, Consumer<TableVerdict> progress) {
        return wiring.verifier(current(), destination).verify(wanted, progress);
    }

    /// Opens the copy for reading; to be closed by the caller.
    public CopyReader reader() {
        return destination.reader();
    }

    private <T> T between(Function<BetweenBatches, T> work) {
        try {
            return current().between(work).get(ANSWER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Fault fault) {
                throw fault;
            }
            throw resting();
        } catch (TimeoutException _) {
            throw new Fault(
                    FaultKind.SOURCE_BUSY,
                    "the run",
                    "The run has not come to a rest between two batches for %d seconds.".formatted(ANSWER_PATIENCE.toSeconds()),
                    "Ask again later; a large transaction may be under way.");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw resting();
        }
    }

    private static Fault resting() {
        return new Fault(
                FaultKind.CONNECTION_LOST,
                "the run",
                "The sync is starting, ending, or waiting to try again after a fault, so it cannot answer this now.",
                "Ask again in a moment; what the sync prints says why it waits.");
    }

    /// Closes the destination. The run must have ended.
    @Override
    public void close() {
        destination.close();
    }

    /// Passes events on, and notes whether the run got anywhere.
    private static final class Progress implements RunListener {
        private final RunListener listener;
        private volatile boolean made;

        Progress(RunListener listener) {
            this.listener = listener;
        }

        @Override
        public void on(RunEvent event) {
            if (event instanceof RunEvent.BatchWritten || event instanceof RunEvent.RangeLoaded) {
                made = true;
            }
            listener.on(event);
        }
    }
}
