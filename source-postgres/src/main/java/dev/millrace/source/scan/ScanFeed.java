package dev.millrace.source.scan;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.BatchBuilder;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.core.spool.Spool;
import dev.millrace.core.value.ValueHash;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.frozen.FrozenPages;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The feed of a source whose tables are looked at, one [Scan] after the other, each a batch of its own.
///
/// A scan begins when a position is to be reached that it lies behind, when a fence is asked for, and otherwise after a pause; and never
/// before the batch of the one before it was acknowledged. So every scan looks from the horizon of one that the destination holds.
///
/// A scan's horizon is only promised once the log of whatever it saw is on the server's disk. Before that, a crash of the server could
/// have ids given again that lie below the horizon, and the rows that they write would never be found.
public final class ScanFeed implements ChangeFeed {

    private static final Logger LOG = LoggerFactory.getLogger(ScanFeed.class);
    private static final Duration CLOSING_LIMIT = Duration.ofSeconds(20);
    private static final Duration CATCHING_UP_LIMIT = Duration.ofSeconds(30);
    private static final Duration TENDING = Duration.ofSeconds(2);

    /// How long no scan begins of itself after a fence came too late, so that the next one does not.
    private static final Duration REST = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 20;
    private static final int TRIES = 20;

    /// How often in a row a standby may cancel a scan.
    private static final int CANCELLED_MAX = 5;

    private final ScanSource source;
    private final ScanSettings settings;
    private final ScanQuestions questions;
    private final FollowedTables tables;
    private final Optional<KeyWatch> keys;
    private final Spool spool;
    private final Thread thread;
    private final Deque<Fence> fences = new ArrayDeque<>();

    /* Guarded by this. */
    private ScanPosition position;
    private Instant lookedAt = Instant.MIN;
    private volatile Patience rested = Patience.of(Duration.ZERO);
    private long wanted;
    private boolean acknowledged = true;
    private @Nullable Batch ready;
    private @Nullable RuntimeException failure;
    private @Nullable Connection session;
    private boolean closing;

    private ScanFeed(ScanSource source, ScanPosition from) {
        this.source = source;
        this.settings = source.settings();
        this.questions = source.questions();
        this.keys = source.keys();
        this.tables = new FollowedTables(source.count());
        this.position = from;
        this.spool = Spool.open(settings.spool());
        source.count().resumeAfter(from);
        this.thread = Thread.ofPlatform().name("table-scanner").daemon().unstarted(this::scanUntilClosed);
    }

    /// Opens the changes behind a scan that the destination holds.
    public static ScanFeed open(ScanSource source, ScanPosition from) {
        source.keys().ifPresent(watch -> watch.confirm(from.asText()));
        ScanFeed feed = new ScanFeed(source, from);
        feed.thread.start();
        return feed;
    }

    @Override
    public synchronized Optional<Batch> next(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (ready == null && failure == null) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return Optional.empty();
                }
                wait(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        Batch batch = ready;
        if (batch == null) {
            throw failure == null ? new IllegalStateException("Invalid feed: neither batch nor failure") : failure;
        }
        ready = null;
        return Optional.of(batch);
    }

    @Override
    public synchronized void acknowledge(Receipt receipt) {
        if (receipt.through().equals(position)) {
            acknowledged = true;
            tables.held(position.number());
            notifyAll();
        }
    }

    @Override
    public synchronized Position reachedNow() {
        return position;
    }

    @Override
    public synchronized void reach(Position target) {
        wanted = Math.max(wanted, ScanPosition.of(target).number());
        notifyAll();
    }

    @Override
    public boolean hasRead(long xid) {
        return false;
    }

    @Override
    public Optional<Position> follow(TableName table, Optional<TransactionSnapshot> copied) {
        return Optional.of(tables.follow(table, copied));
    }

    @Override
    public void unfollow(TableName table) {
        tables.unfollow(table);
        keys.ifPresent(watch -> watch.begin(table));
    }

    @Override
    public Batch wanted(Batch batch) {
        long scan = ScanPosition.of(batch.through()).number();
        return batch.without(table -> !tables.isWanted(table, scan));
    }

    @Override
    public synchronized void fence(Fence fence) {
        fences.add(fence);
        notifyAll();
    }

    /* The scanning thread's. */

    private void scanUntilClosed() {
        try (Connection opened = source.sessions().open();
                FrozenPages frozen = new FrozenPages(source.sessions(), settings.holdAtMost(), InstantSource.system())) {
            use(opened);
            CatalogReader catalog = new CatalogReader(opened, new Scope.Readable(), Selection.everything(), source.salt());
            ValueHash hash = new ValueHash(source.salt());
            long ended = System.nanoTime();
            Duration pause = settings.pause();
            PagesLeftOut pages = new PagesLeftOut(frozen);
            while (awaitTurn(ended, pause, frozen)) {
                long began = System.nanoTime();
                ScanPosition held = position();
                keys.ifPresent(watch -> watch.confirm(held.asText()));
                scan(new Looking(opened, catalog, hash, pages));
                ended = System.nanoTime();
                Duration took = Duration.ofNanos(ended - began);
                pause = longer(settings.pause(), took.multipliedBy(settings.share()));
            }
        } catch (SQLException e) {
            fail(PostgresFaults.of(e, "the tables"));
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            use(null);
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private synchronized void use(@Nullable Connection opened) {
        session = opened;
    }

    private synchronized void fail(RuntimeException why) {
        if (!closing) {
            failure = why;
            notifyAll();
        }
    }

    /// Waits until a scan is due; false if the feed is being closed.
    private boolean awaitTurn(long ended, Duration pause, FrozenPages frozen) {
        long due = ended + pause.toNanos();
        while (!isClosing()) {
            if (awaitTurn(due)) {
                return true;
            }
            frozen.tend();
        }
        return false;
    }

    /// Whether a scan is due, after waiting for it for a while.
    private synchronized boolean awaitTurn(long due) {
        Patience patience = Patience.of(TENDING);
        try {
            while (!closing && !patience.isOver()) {
                boolean free = acknowledged && ready == null;
                long left = (due - System.nanoTime()) / 1_000_000;
                boolean isDue = rested.isOver() && (wanted > position.number() || left <= 0);
                if (free && (!fences.isEmpty() || isDue)) {
                    return true;
                }
                wait(Math.clamp(left, LOOK_MILLIS, TENDING.toMillis()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private synchronized @Nullable Fence takeFence() {
        return fences.poll();
    }

    /// What scans work with.
    private record Looking(Connection session, CatalogReader catalog, ValueHash hash, PagesLeftOut pages) {}

    private void scan(Looking looking) throws SQLException {
        Fence fence = takeFence();
        if (fence == null) {
            scan(looking, "", Optional.empty());
        } else if (!stands(fence)) {
            try {
                if (tables.allLookedAt(position().number())) {
                    rested = Patience.of(REST);
                } else {
                    // While it rests no scan would begin, and every fence until then would come to nothing.
                    scan(looking, "", Optional.empty());
                }
            } finally {
                fence.stands().complete(new Fence.Outcome.Crossed());
            }
        } else {
            try {
                scan(looking, fence.id(), Optional.of(fence));
                fence.stands().complete(new Fence.Outcome.Exact(reachedNow()));
            } finally {
                // If it did not come to that: a newer snapshot may do.
                fence.stands().complete(new Fence.Outcome.Crossed());
            }
        }
    }

    /// Whether a fence's snapshot is no older than what was seen of each table.
    private synchronized boolean stands(Fence fence) {
        boolean looked = tables.allLookedAt(position.number());
        if (!looked) {
            wanted = Math.max(wanted, position.number() + 1);
        }
        return looked && !fence.begunAt().isBefore(lookedAt);
    }

    private void scan(Looking looking, String shared, Optional<Fence> fence) throws SQLException {
        Patience behind = Patience.of(CATCHING_UP_LIMIT);
        int cancelled = 0;
        Set<TableName> unreadable = new HashSet<>();
        for (int tried = 1; !isClosing(); ) {
            try (BatchBuilder batch = new BatchBuilder(spool, settings.batchBytes())) {
                unreadable.forEach(table -> batch.lose(table, Scan.UNREADABLE));
                Scan.Found found = scan(looking, shared, cancelled > 0, unreadable, batch);
                looking.pages().promise(found.position());
                give(batch.build(found.position(), fence), found);
                return;
            } catch (SQLException | Fault e) {
                Fault fault = e instanceof SQLException failure ? PostgresFaults.of(failure, "the tables") : (Fault) e;
                if (fault.kind() != FaultKind.RECOVERY_CONFLICT || !shared.isEmpty() || cancelled++ == CANCELLED_MAX || looking.session().isClosed()) {
                    throw fault;
                }
                LOG.info("scan=cancelled reason=recovery-conflict next=\"table by table\"");
            } catch (TableUnreadable e) {
                unreadable.add(e.table());
            } catch (BehindHeld e) {
                if (!questions.isStandby() || behind.isOver()) {
                    throw e.fault();
                }
                rest();
            } catch (TableAltered e) {
                if (tried++ == TRIES || !shared.isEmpty()) {
                    throw new Fault(
                            FaultKind.SOURCE_BUSY,
                            "the tables",
                            e.getMessage() + " So it was %d times in a row; nothing was written.".formatted(tried - 1),
                            "Start the run again when tables are not being altered.",
                            e);
                }
            }
        }
    }

    /// Looks at the tables once.
    ///
    /// @param apart whether at each under a snapshot of its own, each no longer than reading it takes: tables then show different moments, all
    ///     behind the horizon that is promised
    private Scan.Found scan(Looking looking, String shared, boolean apart, Set<TableName> unreadable, BatchBuilder batch) throws SQLException {
        ScanPosition held = position();
        long number = source.count().begin();
        looking.pages().begin(held, shared);
        try (Scan scan = Scan.begin(
                looking.session(), looking.catalog(), looking.hash(), keys, number, questions.timeline(), shared)) {
            TransactionSnapshot snapshot = scan.found().position().snapshot();
            if (snapshot.xmax() < held.snapshot().xmax()) {
                throw new BehindHeld(held.snapshot(), snapshot);
            }
            // Where nothing began or ended since the last scan, that one has waited for the log of it all.
            Optional<Lsn> written = snapshot.equals(held.snapshot()) ? Optional.empty() : questions.inserted();
            Patience patience = Patience.of(questions.flushDelay());
            Map<TableName, FollowedTables.Entry> looked = tables.of(number);
            looked.keySet().removeAll(unreadable);
            if (apart) {
                findApart(scan, looked, held, looking.pages(), batch);
            } else {
                scan.find(looked, held, questions, looking.pages(), batch);
            }
            awaitFlush(written, patience);
            keys.ifPresent(watch -> promise(watch, scan.watched(), scan.found().position()));
            LOG.debug("scan={} tables={} bytes={} xmin={}", number, looked.size(), batch.sizeInBytes(), snapshot.xmin());
            return scan.found();
        }
    }

    private void findApart(
            Scan scan, Map<TableName, FollowedTables.Entry> looked, ScanPosition held, PagesLeftOut pages, BatchBuilder batch)
            throws SQLException {
        scan.close();
        for (Map.Entry<TableName, FollowedTables.Entry> table : looked.entrySet()) {
            try (Scan part = scan.another()) {
                part.find(Map.of(table.getKey(), table.getValue()), held, questions, pages, batch);
                scan.watched().addAll(part.watched());
            }
        }
    }

    /// A table whose copy begins meanwhile has begun anew in the index too, and is not promised.
    private void promise(KeyWatch watch, List<TableName> watched, ScanPosition position) {
        synchronized (watch) {
            watch.promise(watched.stream().filter(table -> tables.isWanted(table, position.number())).toList(), position.asText());
        }
    }

    private synchronized ScanPosition position() {
        return position;
    }

    /// Waits until the log of whatever had ended by the snapshot is on the server's disk. Where other log lies behind that, it may stay in memory
    /// for long; but not that of commits and rollbacks.
    private void awaitFlush(Optional<Lsn> written, Patience patience) {
        while (written.isPresent() && !isClosing() && !patience.isOver()) {
            Optional<Lsn> flushed = questions.flushed();
            if (flushed.isEmpty() || !flushed.get().isBefore(written.get())) {
                return;
            }
            rest();
        }
    }

    private synchronized void rest() {
        try {
            if (!closing) {
                wait(LOOK_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosing() {
        return closing || Thread.currentThread().isInterrupted();
    }

    private synchronized void give(Batch batch, Scan.Found found) {
        if (closing) {
            batch.close();
            return;
        }
        position = found.position();
        lookedAt = found.takenAt();
        acknowledged = false;
        ready = batch;
        notifyAll();
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            cancel(session);
            notifyAll();
        }
        boolean interrupted = false;
        while (!ends()) {
            interrupted |= Thread.interrupted();
            abort();
            thread.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            fences.forEach(fence -> fence.stands().complete(new Fence.Outcome.Crossed()));
            fences.clear();
            if (ready != null) {
                ready.close();
                ready = null;
            }
        }
        spool.close();
    }

    /// Whether the scanning thread ends in time; false at once if the calling thread is interrupted.
    private boolean ends() {
        try {
            return thread.join(CLOSING_LIMIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void cancel(@Nullable Connection used) {
        try {
            if (used != null) {
                used.unwrap(PGConnection.class).cancelQuery();
            }
        } catch (SQLException e) {
            LOG.debug("cancel=failed sqlstate={}", e.getSQLState());
        }
    }

    private synchronized void abort() {
        try {
            if (session != null) {
                session.abort(Runnable::run);
            }
        } catch (SQLException e) {
            LOG.debug("abort=failed sqlstate={}", e.getSQLState());
        }
    }
}
