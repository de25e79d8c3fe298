package dev.millrace.core.run;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.HeapFull;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Source;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The threads that copy tables, each with a session of its own, range by range.
///
/// A copier opens a table: it takes a snapshot and shares it. While it works through the table's ranges, copiers that find nothing else
/// to open join its snapshot and take ranges too. The opener ends its transaction, and with it the snapshot, only when no range is
/// left to take; so all ranges that one run copies of a table are read under one snapshot. A copier that finds nothing to do waits while
/// another is still opening a table, since it may join that one; otherwise it ends, and its session with it. An order starts new ones.
///
/// A standby may cancel a read. Then the snapshot is given up, and once nobody reads under it the owner hears of it and orders what is left;
/// a copier whose read was cancelled goes on with a new session, since it may have lost the old one with it.
final class CopyCrew implements AutoCloseable {

    private static final long SNAPSHOT_PAUSE_NANOS = 50_000_000;
    private static final long CLOSING_MILLIS = 10_000;

    /// A table to be copied, for which the destination keeps changes already.
    ///
    /// @param finished the ranges that an earlier run has loaded
    record Order(Catalog.Followed table, CopyPlan plan, Map<Integer, FinishedRange> finished) {}

    /// What the copiers tell the owner.
    sealed interface Report {

        /// Every range of a table is durable.
        record Copied(TableName table, long rows) implements Report {}

        /// A table is not as its plan has it any more; nothing of it has been read.
        record Altered(TableName table) implements Report {}

        /// The source cancelled the reading of a table, and nobody reads it any more. What was loaded stays.
        record Cancelled(TableName table, Fault why) implements Report {}

        /// A copier ended by a failure.
        record Broke(RuntimeException failure) implements Report {}
    }

    /// What a copier does next.
    private sealed interface Step {

        /// Take a snapshot for a table and share it.
        record Open(Order order) implements Step {}

        /// Help with a table that another has opened.
        record Join(CopyingTable table) implements Step {}
    }

    private final Source source;
    private final Destination destination;
    private final RunListener listener;
    private final LongPredicate alreadyInLog;
    private final int sessionsMax;
    private final Queue<Report> reports = new ConcurrentLinkedQueue<>();
    private final Deque<Order> orders = new ArrayDeque<>();
    private final List<CopyingTable> open = new ArrayList<>();
    private final List<Copier> copiers = new ArrayList<>();
    private volatile boolean closing;
    private int opening;
    private int started;

    CopyCrew(Source source, Destination destination, Limits limits, RunListener listener, LongPredicate alreadyInLog) {
        this.source = source;
        this.destination = destination;
        this.listener = listener;
        this.alreadyInLog = alreadyInLog;
        this.sessionsMax = limits.copySessions();
    }

    /// Has a table copied. Called by the owner.
    synchronized void copy(Order order) {
        listener.on(CopyingTable.started(order));
        open.removeIf(table -> table.name().equals(order.table().table()));
        orders.add(order);
        notifyAll();
        int useful = orders.stream().mapToInt(waiting -> waiting.plan().ranges().size()).sum();
        int missing = Math.min(sessionsMax - copiers.size(), useful);
        for (int i = 0; i < missing; i++) {
            Copier copier = new Copier();
            copiers.add(copier);
            copier.thread = Thread.ofPlatform().name("copier-" + started++).start(copier);
        }
    }

    /// What a copier has to say, or null.
    @Nullable Report poll() {
        return reports.poll();
    }

    /// Stops every copier. Ranges that are being read are given up; nothing of them stays.
    @Override
    public void close() {
        List<Copier> left;
        synchronized (this) {
            closing = true;
            notifyAll();
            left = List.copyOf(copiers);
        }
        left.forEach(Copier::await);
    }

    /// What a copier is to do, or null if there is nothing and will be nothing: the copier is dismissed then.
    private synchronized @Nullable Step next(Copier copier) throws InterruptedException {
        while (!closing) {
            Order order = orders.poll();
            if (order != null) {
                opening++;
                return new Step.Open(order);
            }
            for (CopyingTable table : open) {
                if (table.hasRanges()) {
                    return new Step.Join(table);
                }
            }
            if (opening == 0) {
                break;
            }
            wait();
        }
        copiers.remove(copier);
        return null;
    }

    /// Ends the opening of a table, with the table if it is open now.
    private synchronized void opened(@Nullable CopyingTable table) {
        opening--;
        if (table != null) {
            open.add(table);
        }
        notifyAll();
    }

    private synchronized void done(CopyingTable table) {
        open.remove(table);
    }

    /// One thread with one session.
    private final class Copier implements Runnable {

        private @Nullable Thread thread;
        private volatile @Nullable CopySession session;

        @Override
        public void run() {
            try {
                boolean dismissed = false;
                while (!dismissed) {
                    try (CopySession opened = source.openCopySession()) {
                        session = opened;
                        dismissed = copyAll(opened);
                    }
                }
            } catch (CopyStopped _) {
                gone();
            } catch (InterruptedException _) {
                gone();
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                gone();
                if (!closing) {
                    reports.add(new Report.Broke(e));
                }
            }
        }

        private void gone() {
            synchronized (CopyCrew.this) {
                copiers.remove(this);
            }
        }

        /// Copies until there is nothing to do.
        ///
        /// @return false if the session is no longer to be used, since the source cancelled what it did
        private boolean copyAll(CopySession opened) throws InterruptedException {
            for (Step step = next(this); step != null; step = next(this)) {
                boolean sound = switch (step) {
                    case Step.Open(Order order) -> openAndDrain(opened, order);
                    case Step.Join(CopyingTable table) -> joinAndDrain(opened, table);
                };
                if (!sound) {
                    return false;
                }
            }
            return true;
        }

        private boolean openAndDrain(CopySession opened, Order order) {
            CopyingTable table;
            try {
                table = open(opened, order);
            } catch (Fault fault) {
                reports.add(new Report.Cancelled(order.table().table(), ifCancelled(fault)));
                return false;
            }
            return (table == null || drain(opened, table)) && ends(opened);
        }

        private boolean joinAndDrain(CopySession opened, CopyingTable table) {
            try {
                if (!opened.join(table.shared())) {
                    done(table);
                    return true;
                }
                if (opened.holds(table.plan())) {
                    return drain(opened, table) && ends(opened);
                }
                done(table);
                return ends(opened);
            } catch (Fault fault) {
                ifCancelled(fault);
                return false;
            }
        }

        /// Ends the transaction; false if the source has ended it and the session already.
        private static boolean ends(CopySession opened) {
            try {
                opened.end();
                return true;
            } catch (Fault fault) {
                ifCancelled(fault);
                return false;
            }
        }

        /// The fault of a read that the source cancelled.
        ///
        /// @throws Fault any other
        private static Fault ifCancelled(Fault fault) {
            if (fault.kind() != FaultKind.RECOVERY_CONFLICT) {
                throw fault;
            }
            return fault;
        }

        private @Nullable CopyingTable open(CopySession opened, Order order) {
            CopyingTable table = null;
            try {
                table = begin(opened, order);
                return table;
            } finally {
                opened(table);
            }
        }

        private @Nullable CopyingTable begin(CopySession opened, Order order) {
            CopySession.Shared shared = opened.begin();
            while (anyInLogAlready(shared) && !closing) {
                opened.end();
                LockSupport.parkNanos(SNAPSHOT_PAUSE_NANOS);
                shared = opened.begin();
            }
            if (!opened.holds(order.plan())) {
                reports.add(new Report.Altered(order.table().table()));
                return null;
            }
            CopyingTable table = new CopyingTable(order, shared);
            if (table.isComplete()) {
                reports.add(new Report.Copied(table.name(), 0));
                return null;
            }
            return table;
        }

        private boolean anyInLogAlready(CopySession.Shared shared) {
            for (long xid : shared.snapshot().active()) {
                if (alreadyInLog.test(xid)) {
                    return true;
                }
            }
            return false;
        }

        /// Reads ranges until none is left to take; false if the source cancelled one.
        private boolean drain(CopySession opened, CopyingTable table) {
            for (CopyRange range = table.take(); range != null; range = table.take()) {
                long loaded;
                try {
                    loaded = load(opened, table, range);
                } catch (Fault fault) {
                    settle(table, table.cancelled(ifCancelled(fault)));
                    return false;
                }
                listener.on(new RunEvent.RangeLoaded(table.name(), range.number(), range.blocks(), loaded));
                settle(table, table.loaded(loaded));
            }
            return true;
        }

        private void settle(CopyingTable table, Optional<Report> report) {
            report.ifPresent(last -> {
                done(table);
                reports.add(last);
            });
        }

        private long load(CopySession opened, CopyingTable table, CopyRange range) {
            MeteredRows rows = new MeteredRows(
                    opened.read(table.plan(), range),
                    (count, bytes) -> listener.on(new RunEvent.CopyProgressed(table.name(), count, bytes)),
                    () -> closing);
            return load(table.name(), range, table.shared(), rows);
        }

        private long load(TableName table, CopyRange range, CopySession.Shared shared, MeteredRows rows) {
            try {
                return destination.load(table, range, shared.snapshot(), shared.readAt(), shared.takenAt(), rows);
            } catch (OutOfMemoryError e) {
                throw HeapFull.fault(table.toString(), e);
            }
        }

        private void await() {
            Thread running = thread;
            if (running == null) {
                return;
            }
            try {
                if (!running.join(Duration.ofMillis(CLOSING_MILLIS))) {
                    CopySession stuck = session;
                    if (stuck != null) {
                        stuck.close();
                    }
                    running.join();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
