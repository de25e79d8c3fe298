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

    private final RunRecord record;
    private final RunPicture picture = new RunPicture(System::nanoTime);
    private final RunCount count = new RunCount();
    private final EventLog log;
    private final RunUsage usage;
    private @Nullable Wiring wiring;
    private @Nullable ConnectionSync sync;
    private boolean stopping;

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

    @Override
    public void on(RunEvent event) {
        picture.on(event);
        count.on(event);
        usage.on(event);
        log.on(event);
    }
}
