package dev.millrace.server.run;

import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.server.usage.RunUsage;
import dev.millrace.server.usage.Usage;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.progress.RunPicture;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A run that goes on in this process. For any thread.
public final class ActiveRun implements RunListener {

    private static final long QUIET_LAG_BYTES = 1 << 20;
    private static final long TELLING_NANOS = 300_000_000_000L;
    private static final long QUIET_NANOS = 5_000_000_000L;

    private final RunRecord record;
    private final RunPicture picture = new RunPicture(System::nanoTime);
    private final RunCount count = new RunCount();
    private final EventLog log;
    private final RunUsage usage;
    private @Nullable Wiring wiring;
    private @Nullable ConnectionSync sync;
    private boolean stopping;
    private volatile long toldAt = System.nanoTime();
    private volatile long wroteAt = System.nanoTime();

    ActiveRun(RunRecord record, RunLog log, Usage usage) {
        this.record = record;
        this.usage = new RunUsage(usage, record.connectionId());
        this.log = new EventLog(log, record.connectionId(), record.id());
    }

    /// As it is remembered.
    public RunRecord record() {
        return record;
    }

    /// How it looks now.
    public RunPicture picture() {
        return picture;
    }

    RunCount count() {
        return count;
    }

    /// Writes into the log what was followed since this was last done.
    void tellFollowed() {
        log.followed(usage.takeFollowed());
        toldAt = System.nanoTime();
    }

    /// Does so every five minutes, for a run that goes on.
    void tellFollowedNowAndThen() {
        if (System.nanoTime() - toldAt > TELLING_NANOS) {
            tellFollowed();
        }
    }

    EventLog log() {
        return log;
    }

    RunUsage usage() {
        return usage;
    }

    /// The sync, once it has opened its destination.
    public synchronized Optional<ConnectionSync> sync() {
        return Optional.ofNullable(sync);
    }

    /// What the sync was made with, once it has opened its destination; stays the run's.
    public synchronized Optional<Wiring> wiring() {
        return Optional.ofNullable(wiring);
    }

    synchronized void attach(Wiring parts, ConnectionSync opened) {
        wiring = parts;
        sync = opened;
        if (stopping) {
            opened.stop();
        }
    }

    synchronized void detach() {
        sync = null;
        wiring = null;
    }

    /// Asks it to end at its next safe point.
    synchronized void stop() {
        stopping = true;
        if (sync != null) {
            sync.stop();
        }
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    /// Whether the copy holds, as far as can be told, all that the source had a moment ago: every table is copied, and what log is left brings nothing.
    ///
    /// A source at rest goes on writing a little log of its own, so that the distance alone does not say it.
    boolean isCaughtUp() {
        long lag = picture.following().lagBytes();
        boolean quiet = lag >= 0 && lag < QUIET_LAG_BYTES && System.nanoTime() - wroteAt > QUIET_NANOS;
        return picture.isCopied() && (lag == 0 || quiet);
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.BatchWritten) {
            wroteAt = System.nanoTime();
        }
        picture.on(event);
        count.on(event);
        usage.on(event);
        log.on(event);
    }
}
