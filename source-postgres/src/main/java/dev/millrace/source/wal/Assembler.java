package dev.millrace.source.wal;

import dev.millrace.core.change.BatchBuilder;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.run.Limits;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.spool.Spool;
import dev.millrace.source.filter.RowSieve;
import dev.millrace.source.pgoutput.DamagedMessage;
import dev.millrace.source.pgoutput.LogConsumer;
import dev.millrace.source.pgoutput.LogDecoder;
import dev.millrace.source.pgoutput.LogMessage;
import dev.millrace.source.pgoutput.TupleBounds;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes batches of log messages, whichever way they come. Belongs to the reading thread.
///
/// Transactions that end at or before the position from which the log is read are dropped. Rows go straight into the batch; those of a
/// transaction that comes in blocks are kept apart until it commits. A batch ends between two transactions: when it is large enough,
/// when it is old enough and the owner has room for it, when there is nothing more to read and the owner waits, and at fences.
final class Assembler implements LogConsumer, AutoCloseable {

    private static final int ROWS_BETWEEN_PULSES = 4_096;
    private static final long QUIET_NANOS = 5_000_000;

    /// A record of the log is smaller than this (`XLogRecordMaxSize`), whatever a transaction holds; page headers come on top.
    private static final long COMMIT_RECORD_MAX = 2L << 30;

    private final Limits limits;
    private final Handover handover;
    private final Relations relations;
    private final FenceWatch fences;
    private final XidsRead xidsRead;
    private final BatchBuilder batch;
    private final OpenTransactions open;
    private final LogDecoder decoder = new LogDecoder();
    private Runnable pulse = () -> {};
    private int rowsUntilPulse = ROWS_BETWEEN_PULSES;

    private Lsn start;
    private Lsn reached;
    private Lsn handedOut;
    private long nearXid;
    private Relation.@Nullable Followed current;
    private boolean inTransaction;
    private Lsn commitLsn = Lsn.ZERO;
    private boolean known;
    private Transaction transaction = new Transaction(0, 0);
    private long firstChangeAt;
    private long latestCommitAt = System.nanoTime();
    private long latestEmptyAt = System.nanoTime();

    Assembler(Limits limits, Spool spool, Relations relations, Handover handover, FenceWatch fences, XidsRead xidsRead, Opening opening) {
        this.limits = limits;
        this.handover = handover;
        this.relations = relations;
        this.fences = fences;
        this.xidsRead = xidsRead;
        this.batch = new BatchBuilder(spool, limits.batchBytes());
        this.open = new OpenTransactions(spool, limits.batchBytes());
        this.start = opening.start();
        this.reached = start;
        this.handedOut = start;
        this.nearXid = opening.nextXid();
    }

    /// What has to be done every now and then, however long something else takes.
    void pulse(Runnable beat) {
        pulse = beat;
    }

    /// Up to where batches have been handed out.
    Lsn handedOut() {
        return handedOut;
    }

    /// Up to where the log has been read.
    Lsn reached() {
        return reached;
    }

    /// Whether somebody waits for the log to be read further.
    boolean isWaitedFor() {
        return reached.isBefore(handover.wanted().beforePageHeader()) || fences.isWaiting();
    }

    /// Takes one log message.
    void take(byte[] buffer, int offset, int length) {
        try {
            if (open.isInBlock() && length > 0 && buffer[offset] != 'E') {
                open.keep(buffer, offset, length);
            } else {
                current = null;
                decoder.read(buffer, offset, length, this);
            }
        } catch (DamagedMessage damage) {
            throw WalFaults.damaged(damage, current, reached);
        }
    }

    /// Whether the latest message was one in the middle of a transaction.
    boolean isWithinTransaction() {
        return inTransaction;
    }

    /// Drops what has not been handed out; the log is going to be read again from there.
    void startOver() {
        batch.discard();
        open.close();
        decoder.reset();
        inTransaction = false;
        start = handedOut;
        reached = handedOut;
    }

    /// The server has nothing that ends before `lsn` and was not taken; said between two messages.
    void readUpTo(Lsn lsn) {
        if (!inTransaction && reached.isBefore(lsn)) {
            advance(lsn);
            atBoundary();
        }
    }

    /// There is nothing more to read at the moment.
    void idle() {
        if (inTransaction) {
            return;
        }
        atBoundary();
        if (!handover.isTaken()) {
            return;
        }
        long now = System.nanoTime();
        if (!batch.isEmpty()) {
            if (now - latestCommitAt > QUIET_NANOS) {
                handOut(Optional.empty());
            }
        } else if (handedOut.isBefore(reached) && now - latestEmptyAt > limits.statusInterval().toNanos()) {
            handOut(Optional.empty());
        }
    }

    /// Hands out what there is: the log is not read further until it is acknowledged.
    void flush() {
        if (!batch.isEmpty() || handedOut.isBefore(reached)) {
            handOut(Optional.empty());
        }
    }

    @Override
    public void row(ChangeKind change, int rowXid, int relation, byte[] buffer, int from, int to) {
        if (known) {
            return;
        }
        if (relations.of(relation) instanceof Relation.Followed followed) {
            current = followed;
            TupleBounds.check(change, buffer, from, to, followed.columns());
            if (followed.mask() == null) {
                add(followed, change, buffer, from, to);
            } else {
                int length = followed.mask().apply(buffer, from, to);
                add(followed, change, followed.mask().buffer(), 0, length);
            }
        }
        if (--rowsUntilPulse == 0) {
            rowsUntilPulse = ROWS_BETWEEN_PULSES;
            pulse.run();
        }
    }

    private void add(Relation.Followed followed, ChangeKind change, byte[] buffer, int from, int to) {
        RowSieve sieve = followed.sieve();
        if (sieve == null) {
            add(followed.shape(), change, buffer, from, to);
            return;
        }
        switch (sieve.apply(change, buffer, from, to)) {
            case NOTHING -> {}
            case CHANGE -> add(followed.shape(), sieve.change(), sieve.buffer(), sieve.from(), sieve.to());
            // The same as in a relation that cannot be asked: the run has the table copied anew.
            case UNDECIDED -> add(followed.shape().withFilter(RowFilter.NONE), change, buffer, from, to);
        }
    }

    private void add(Shape shape, ChangeKind change, byte[] buffer, int from, int to) {
        noteFirstChange();
        batch.add(shape, change, transaction, buffer, from, to);
    }

    private void noteFirstChange() {
        if (batch.isEmpty()) {
            firstChangeAt = System.nanoTime();
        }
    }

    @Override
    public void message(int messageXid, LogMessage message) {
        switch (message) {
            case LogMessage.Begin begin -> {
                inTransaction = true;
                commitLsn = begin.commitLsn();
                begin(begin.xid(), begin.committedAt(), begin.commitLsn().isBefore(start));
            }
            case LogMessage.Commit commit -> {
                if (!inTransaction || !commit.commitLsn().equals(commitLsn)) {
                    throw new DamagedMessage("Invalid end of a transaction: %s (must be %s, as its beginning said)"
                            .formatted(commit.commitLsn(), commitLsn));
                }
                inTransaction = false;
                commit(commit.endLsn(), commit.committedAt());
            }
            case LogMessage.Relation relation -> relations.learn(relation);
            case LogMessage.Truncate truncate -> truncate(truncate);
            case LogMessage.StreamStart block -> open.enter(block.xid());
            case LogMessage.StreamStop _ -> open.leave();
            case LogMessage.StreamCommit commit -> playBack(commit);
            case LogMessage.StreamAbort abort -> open.rollBack(abort.xid(), abort.subXid());
            case LogMessage.Origin _, LogMessage.Type _, LogMessage.Note _ -> {}
            case LogMessage.BeginPrepare _,
                    LogMessage.Prepare _,
                    LogMessage.CommitPrepared _,
                    LogMessage.RollbackPrepared _,
                    LogMessage.StreamPrepare _ ->
                throw new DamagedMessage("Invalid log message: %s (must not come, since it was not asked for)"
                        .formatted(message.getClass().getSimpleName()));
        }
    }

    private void begin(int shortXid, Instant committedAt, boolean before) {
        known = before;
        long xid = TransactionSnapshot.widen(shortXid, nearXid);
        transaction = Transaction.of(xid, committedAt);
        nearXid = Math.max(nearXid, xid);
        if (!known) {
            fences.admit(this::beat);
            fences.before(xid).ifPresent(fence -> handOut(Optional.of(fence)));
        }
    }

    private void commit(Lsn endLsn, Instant committedAt) {
        if (endLsn.isBefore(commitLsn) || endLsn.bytesSince(commitLsn) > COMMIT_RECORD_MAX) {
            throw new DamagedMessage("Invalid end of a commit record: %s (must be a little behind %s)".formatted(endLsn, commitLsn));
        }
        if (!known) {
            batch.commit(committedAt);
            xidsRead.add(transaction.xid());
        }
        known = false;
        advance(endLsn);
        latestCommitAt = System.nanoTime();
        if (batch.sizeInBytes() >= limits.batchBytes() || isOld() && handover.isTaken()) {
            handOut(Optional.empty());
        }
        atBoundary();
    }

    private void truncate(LogMessage.Truncate truncate) {
        if (known) {
            return;
        }
        for (int relation : truncate.relations()) {
            if (relations.of(relation) instanceof Relation.Followed followed) {
                noteFirstChange();
                batch.addTruncate(followed.shape(), transaction);
            }
        }
    }

    private void playBack(LogMessage.StreamCommit commit) {
        commitLsn = commit.commitLsn();
        begin(commit.xid(), commit.committedAt(), commit.commitLsn().isBefore(start));
        open.play(commit.xid(), this);
        open.drop(commit.xid());
        commit(commit.endLsn(), commit.committedAt());
    }

    private boolean isOld() {
        return !batch.isEmpty() && latestCommitAt - firstChangeAt > limits.batchAge().toNanos();
    }

    private void advance(Lsn lsn) {
        if (reached.isBefore(lsn)) {
            reached = lsn;
            handover.reached(lsn);
        }
    }

    private void atBoundary() {
        fences.admit(this::beat);
        fences.at(reached).ifPresent(fence -> {
            handOut(Optional.of(fence));
            fences.at(reached);
        });
        Lsn wanted = handover.wanted();
        if (handedOut.isBefore(wanted) && !reached.isBefore(wanted.beforePageHeader())) {
            advance(wanted);
            handOut(Optional.empty());
        }
    }

    private void handOut(Optional<Fence> fence) {
        LogPosition through = new LogPosition(reached);
        fence.ifPresent(_ -> fences.cutAt(through));
        latestEmptyAt = System.nanoTime();
        handedOut = reached;
        handover.give(batch.build(through, fence), this::beat);
    }

    private void beat() {
        handover.checkOpen();
        pulse.run();
    }

    @Override
    public void close() {
        batch.close();
        open.close();
    }
}
