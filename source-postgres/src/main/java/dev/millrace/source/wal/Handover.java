package dev.millrace.source.wal;

import dev.millrace.core.change.Batch;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.position.LogSpan;
import dev.millrace.core.position.Lsn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What the run's owner and the reading thread hand to each other: batches one way, acknowledgements and wishes the other.
final class Handover {

    private static final int LOOK_MILLIS = 10;

    private final BlockingQueue<Batch> batches;
    private volatile Lsn acknowledged;
    private volatile Lsn reached;
    private volatile Lsn wanted = Lsn.ZERO;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closing;

    Handover(int queuedBatches, Lsn start) {
        this.batches = new ArrayBlockingQueue<>(Math.max(1, queuedBatches));
        this.acknowledged = start;
        this.reached = start;
    }

    /// Gives a batch to the owner, waiting for room; does `meanwhile` every now and then.
    ///
    /// @throws ReadingStopped if the feed is being closed; the batch is closed then
    void give(Batch batch, Runnable meanwhile) {
        try {
            while (!batches.offer(batch, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                checkOpen();
                meanwhile.run();
            }
        } catch (InterruptedException _) {
            batch.close();
            Thread.currentThread().interrupt();
            throw new ReadingStopped();
        } catch (RuntimeException e) {
            batch.close();
            throw e;
        }
    }

    /// Whether a batch could be given without waiting.
    boolean hasRoom() {
        return batches.remainingCapacity() > 0;
    }

    /// Whether the owner has taken every batch that was given.
    boolean isTaken() {
        return batches.isEmpty();
    }

    /// The next batch for the owner.
    Optional<Batch> next(Duration patience) {
        try {
            Batch batch = batches.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            RuntimeException why = failure;
            if (batch == null && why != null) {
                batch = batches.poll();
                if (batch == null) {
                    throw why;
                }
            }
            return Optional.ofNullable(batch);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    void acknowledge(Lsn through) {
        acknowledged = Lsn.max(acknowledged, through);
    }

    Lsn acknowledged() {
        return acknowledged;
    }

    void reached(Lsn lsn) {
        reached = lsn;
    }

    Lsn reached() {
        return reached;
    }

    void want(Lsn target) {
        wanted = Lsn.max(wanted, target);
    }

    Lsn wanted() {
        return wanted;
    }

    void fail(RuntimeException why) {
        failure = why instanceof Fault fault ? fault.within(LogSpan.behind(reached)) : why;
    }

    void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /// Ends the reading thread's work if the feed is being closed.
    void checkOpen() {
        if (closing || Thread.currentThread().isInterrupted()) {
            throw new ReadingStopped();
        }
    }

    /// Drops what was not taken.
    void drop() {
        for (Batch batch = batches.poll(); batch != null; batch = batches.poll()) {
            batch.close();
        }
    }
}
