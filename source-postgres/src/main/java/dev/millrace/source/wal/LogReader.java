package dev.millrace.source.wal;

import dev.millrace.core.change.Batch;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.spool.Spool;
import dev.millrace.postgres.session.Sessions;
import java.time.Duration;
import java.util.Optional;

/// The feed of a source's log, read through a replication slot of pgoutput.
///
/// One thread reads; it and the run's owner meet in a [Handover] only. Messages come by streaming near the end of the log and in bulk
/// where there is a backlog; both ways end in one [Assembler].
public final class LogReader implements ChangeFeed {

    private static final Duration CLOSING_LIMIT = Duration.ofSeconds(20);

    private final Handover handover;
    private final XidsRead xidsRead;
    private final FenceWatch fences;
    private final Thread thread;

    private final Spool spool;
    private final SessionInUse session;

    private LogReader(
            Handover handover, XidsRead xidsRead, FenceWatch fences, Spool spool, SessionInUse session, ReadingLoop loop) {
        this.session = session;
        this.handover = handover;
        this.xidsRead = xidsRead;
        this.fences = fences;
        this.spool = spool;
        this.thread = Thread.ofPlatform().name("log-reader").daemon().start(loop);
    }

    /// Opens the log behind a position and begins to read it.
    ///
    /// @param sessions opens sessions with the source; stays the caller's
    /// @param settings slot, publications and limits
    /// @param tables what the catalogue says of tables, asked by the reading thread
    /// @param from up to where the destination holds everything
    /// @throws dev.millrace.core.fault.Fault if slot, publication or server are not as they must be
    public static LogReader open(Sessions sessions, LogSettings settings, TableLookup tables, Lsn from) {
        Opening opening = new SlotCheck(settings).open(sessions, from);
        Handover handover = new Handover(settings.limits().queuedBatches(), from);
        XidsRead xidsRead = new XidsRead();
        FenceWatch fences = new FenceWatch(xidsRead);
        Spool spool = Spool.open(settings.spoolDirectory());
        SessionInUse session = new SessionInUse();
        ReadingLoop loop =
                new ReadingLoop(sessions, settings, new Relations(tables), opening, handover, fences, xidsRead, spool, session);
        return new LogReader(handover, xidsRead, fences, spool, session, loop);
    }

    /// Where a slot's log begins, before anything has been read from it.
    ///
    /// @throws dev.millrace.core.fault.Fault if server, user or slot are not as they must be
    public static Lsn start(Sessions sessions, LogSettings settings) {
        return new SlotCheck(settings).start(sessions);
    }

    @Override
    public Optional<Batch> next(Duration patience) {
        return handover.next(patience);
    }

    @Override
    public void acknowledge(Receipt receipt) {
        handover.acknowledge(LogPosition.lsn(receipt.through()));
    }

    @Override
    public Position reachedNow() {
        return new LogPosition(handover.reached());
    }

    @Override
    public void reach(Position target) {
        handover.want(LogPosition.lsn(target));
    }

    @Override
    public boolean hasRead(long xid) {
        return xidsRead.contains(xid);
    }

    @Override
    public void fence(Fence fence) {
        fences.ask(fence);
    }

    /// Whether the reading thread ends within `limit`; false at once if the calling thread is interrupted.
    private boolean ends(Duration limit) {
        try {
            return thread.join(limit);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        handover.close();
        session.cancel();
        boolean interrupted = false;
        while (!ends(CLOSING_LIMIT)) {
            interrupted |= Thread.interrupted();
            session.abort();
            thread.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        fences.close();
        handover.drop();
        spool.close();
    }
}
