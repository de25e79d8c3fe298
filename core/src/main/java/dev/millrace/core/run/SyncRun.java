package dev.millrace.core.run;

import dev.millrace.core.change.Batch;
import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.HeapFull;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.LogSpan;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One carrying-out of a connection: copies what is missing, follows the log, and ends at its goal or when it is told to.
///
/// One thread, the owner, runs [#run] and makes every decision; tables are copied on threads of a [CopyCrew], which only load ranges
/// and report. The order is that of the first law everywhere: the destination commits, then the position counts, then the source is
/// told that it may forget. A fault ends the run; a new run takes up where the destination's memory says.
public final class SyncRun {

    /* The loop, read aloud: ask the destination what it holds; see which tables the source has; start copying those that are missing;
     * then, until the goal: hear what the copiers report, publish what has caught up, do what others asked between two batches, take a
     * batch, write it, acknowledge it.
     */

    private static final Duration PATIENCE = Duration.ofMillis(20);
    private static final Duration LAG_INTERVAL = Duration.ofSeconds(2);
    private static final Duration REVIEW_INTERVAL = Duration.ofSeconds(5);

    private final Source source;
    private final Destination destination;
    private final ModeChoice modes;
    private final Limits limits;
    private final RunListener listener;
    private final BlockingQueue<Runnable> requests = new LinkedBlockingQueue<>(1_000);
    private final Tally tally = new Tally();
    private volatile @Nullable BetweenBatches moment;
    private volatile boolean stopping;
    private volatile boolean ended;

    /// Wires a run; nothing is opened yet. The source and the destination stay the caller's to close.
    public SyncRun(Source source, Destination destination, ModeChoice modes, Limits limits, RunListener listener) {
        this.source = source;
        this.modes = modes;
        this.destination = destination;
        this.limits = limits;
        this.listener = listener;
    }

    /// Carries the run out on the calling thread.
    ///
    /// @throws Fault if something went wrong that is not ours; everything that was promised stays promised
    public RunSummary run(Goal goal) {
        try {
            Position start = start(destination.recall());
            Memory memory = destination.recall();
            tally.position = start;
            tally.widenedBefore = destination.widened();
            Tables tables = new Tables(source, destination, modes, listener, memory, tally);
            tables.refresh();
            try (ChangeFeed feed = source.openFeed(start);
                    CopyCrew crew = new CopyCrew(source, destination, limits, listener, feed::hasRead)) {
                if (memory.source().isEmpty()) {
                    destination.adopt(source.identity(), start);
                }
                tables.attach(feed);
                follow(goal, feed, crew, tables);
            }
            return tally.summary(tables.leftOut(), stopping);
        } finally {
            moment = null;
            ended = true;
            answerRequests();
        }
    }

    /// Whether the source tells of rows that end. Any thread.
    public boolean tellsOfEnds() {
        return source.tellsOfEnds();
    }

    /// Asks the run to end at the next safe point: between two batches, and between two rows of a copy, whose unfinished ranges are
    /// read again by the next run. Any thread.
    public void stop() {
        stopping = true;
    }

    /// Has something done on the owner thread between two batches, while the destination rests. Any thread.
    ///
    /// @return completes with the work's result, or exceptionally if it throws or the run ends first
    public <T> CompletableFuture<T> between(Function<BetweenBatches, T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        requests.add(() -> {
            BetweenBatches now = moment;
            if (now == null) {
                answer.completeExceptionally(new IllegalStateException("Invalid time for a request: the run has ended"));
                return;
            }
            try {
                answer.complete(work.apply(now));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        if (ended) {
            answerRequests();
        }
        return answer;
    }

    private void answerRequests() {
        for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
            request.run();
        }
    }

    private Position start(Memory memory) {
        Optional<SourceIdentity> known = memory.source();
        if (known.isEmpty()) {
            return source.start();
        }
        SourceIdentity here = source.identity();
        if (!known.get().equals(here)) {
            throw new Fault(
                    FaultKind.OTHER_SYSTEM,
                    here.database(),
                    "The copy was made from database %s of system %s, but the source is now database %s of system %s; its log cannot continue the copy."
                            .formatted(known.get().database(), known.get().systemIdentifier(), here.database(), here.systemIdentifier()),
                    "If this is the right source (after a restore or a move), copy it into a new destination; otherwise correct host and database.");
        }
        Position held = memory.position().orElseThrow(() -> new IllegalStateException("Invalid memory: a source without a position"));
        if (!source.continues(held)) {
            return restart("The source is followed in another way than when it was copied (`update_method`).");
        }
        boolean allAnew = !memory.tables().isEmpty() && memory.tables().values().stream().allMatch(TableMemory::copyRequested);
        return allAnew ? passOver(held) : held;
    }

    private Position restart(String reason) {
        Position start = source.start();
        destination.restart(start);
        listener.on(new RunEvent.AllBegunAnew(reason));
        return start;
    }

    /// Where every table is to be copied anew, what the source no longer has is not needed: a new slot begins behind it, a restored
    /// cluster's transactions before it.
    private Position passOver(Position held) {
        Position start = source.start();
        if (start instanceof ScanPosition) {
            destination.restart(start);
            return start;
        }
        Position begin = Position.later(held, start);
        if (held.isBefore(begin)) {
            try (Batch nothing = Batch.empty(begin)) {
                destination.write(nothing);
            }
        }
        return begin;
    }

    private void follow(Goal goal, ChangeFeed feed, CopyCrew crew, Tables tables) {
        moment = new BetweenBatches(destination, source, feed, table -> tables.resync(table).ifPresent(crew::copy));
        tables.toCopy().forEach(crew::copy);
        Position target = source.end();
        feed.reach(target);
        long measured = System.nanoTime();
        long reviewed = System.nanoTime();
        while (!stopping) {
            for (CopyCrew.Report report = crew.poll(); report != null; report = crew.poll()) {
                target = Position.later(target, hear(report, crew, tables));
                feed.reach(target);
            }
            tables.publishCaughtUp(crew);
            tellWidened();
            tables.settle(tally.position);
            tellDisplaced();
            answerRequests();
            boolean arrived = goal == Goal.UP_TO_NOW && !tally.position.isBefore(target) && tables.allStreaming();
            if (arrived && !tables.isUnsettled()) {
                return;
            }
            if (arrived || System.nanoTime() - reviewed > REVIEW_INTERVAL.toNanos()) {
                tables.review().forEach(crew::copy);
                reviewed = System.nanoTime();
                target = Position.later(target, tables.awaited());
                feed.reach(target);
            }
            take(feed, tables, crew);
            if (System.nanoTime() - measured > LAG_INTERVAL.toNanos()) {
                tellLag();
                measured = System.nanoTime();
            }
        }
    }

    private void take(ChangeFeed feed, Tables tables, CopyCrew crew) {
        Optional<Batch> next = feed.next(PATIENCE);
        if (next.isEmpty()) {
            return;
        }
        try (Batch batch = next.get()) {
            if (!tally.position.isBefore(batch.through())) {
                batch.fence().ifPresent(fence -> fence.cut().complete(tally.position));
                return;
            }
            tables.discover(batch).forEach(crew::copy);
            long began = System.nanoTime();
            Batch wanted = feed.wanted(batch);
            Receipt receipt = write(wanted, tables, crew);
            tally.position = receipt.through();
            tally.changes += batch.changes();
            feed.acknowledge(receipt);
            tellWidened();
            listener.on(new RunEvent.BatchWritten(
                    batch.through(),
                    batch.committedAt(),
                    batch.transactions(),
                    batch.changes(),
                    batch.sizeInBytes(),
                    Duration.ofNanos(System.nanoTime() - began),
                    wanted.counts()));
            batch.fence().ifPresent(fence -> fence.cut().complete(receipt.through()));
        }
    }

    private void tellLag() {
        if (source.end() instanceof LogPosition end) {
            long bytes = Math.max(0, end.lsn().bytesSince(LogPosition.lsn(tally.position)));
            listener.on(new RunEvent.LagMeasured(tally.position, end, bytes));
        }
    }

    /// Tells of columns that were widened since this was last asked.
    private void tellWidened() {
        for (WidenedColumn column : destination.widened()) {
            if (!tally.widenedBefore.contains(column)) {
                tally.widened.removeIf(told -> told.table().equals(column.table()) && told.column().equals(column.column()));
                tally.widened.add(column);
                listener.on(new RunEvent.ColumnWidened(column));
            }
        }
        tally.widenedBefore = destination.widened();
    }

    /// Tells of names that were not free, each once.
    private void tellDisplaced() {
        for (Displaced displaced : destination.displaced()) {
            if (tally.displaced.add(displaced)) {
                listener.on(new RunEvent.TableWarned(displaced.table(), displaced.warning()));
            }
        }
    }

    private Receipt write(Batch batch, Tables tables, CopyCrew crew) {
        try {
            return destination.write(batch);
        } catch (Fault fault) {
            Optional<CopyCrew.Order> order = tables.copyForEntering(fault, batch);
            if (order.isPresent()) {
                crew.copy(order.get());
                return write(batch, tables, crew);
            }
            throw fault.within(span(batch));
        } catch (OutOfMemoryError e) {
            throw HeapFull.fault("the log", e).within(span(batch));
        } catch (CommitUnknown unknown) {
            Position held = destination.recall().position().orElseThrow(() -> unknown);
            if (held.equals(batch.through())) {
                return new Receipt(held);
            }
            return destination.write(batch);
        }
    }

    private LogSpan span(Batch batch) {
        return LogSpan.between(tally.position, batch.through());
    }

    /// What a copier reported; gives the position that has to be passed for it, if there is one.
    private Optional<Position> hear(CopyCrew.Report report, CopyCrew crew, Tables tables) {
        return switch (report) {
            case CopyCrew.Report.Copied(TableName table, long rows) -> {
                tally.rowsCopied += rows;
                if (tables.mustBeginAnew(table)) {
                    listener.on(new RunEvent.CopyBegunAnew(table, "The table was altered, or asked for again, while it was copied."));
                    tables.again(table).ifPresent(crew::copy);
                    yield Optional.empty();
                }
                yield Optional.of(tables.copied(table));
            }
            case CopyCrew.Report.Altered(TableName table) -> {
                listener.on(new RunEvent.CopyBegunAnew(table, "The table was altered or rewritten before its snapshot was taken."));
                tables.again(table).ifPresent(crew::copy);
                yield Optional.empty();
            }
            case CopyCrew.Report.Cancelled(TableName table, Fault why) -> {
                tables.cancelled(table, why).ifPresent(crew::copy);
                yield Optional.empty();
            }
            case CopyCrew.Report.Broke(RuntimeException failure) -> throw failure;
        };
    }

    /// What a run has done so far; the owner's alone.
    static final class Tally {
        Position position = new LogPosition(Lsn.ZERO);
        long rowsCopied;
        int tablesPublished;
        long changes;
        List<WidenedColumn> widenedBefore = List.of();
        final List<WidenedColumn> widened = new ArrayList<>();
        final Set<Displaced> displaced = new HashSet<>();

        RunSummary summary(List<Catalog.LeftOut> leftOut, boolean stopped) {
            return new RunSummary(position, rowsCopied, tablesPublished, changes, leftOut, widened, stopped);
        }
    }
}
