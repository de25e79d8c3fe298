package dev.millrace.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Batch;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.run.CopyCrew.Report;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What copiers do beside each other, with a source and a destination that only meet and wait.
@Timeout(60)
class CopyCrewTest {

    private static final TableName TABLE = new TableName("public", "orders");
    private static final int SESSIONS = 3;
    private static final Shape SHAPE = new Shape(TABLE, List.of(), new RowIdentity.WholeRow());

    @Test
    void copiersWaitForATableThatAnotherIsStillOpeningAndJoinIt() throws Exception {
        Meeting meeting = new Meeting();
        try (CopyCrew crew = new CopyCrew(meeting, meeting.destination, limits(), _ -> {}, _ -> false)) {
            crew.copy(order(SESSIONS));

            assertThat(soon(crew)).isEqualTo(new Report.Copied(TABLE, SESSIONS));
        }
        assertThat(meeting.others).hasSize(SESSIONS - 1);
    }

    private static CopyCrew.Order order(int ranges) {
        List<CopyRange> all = IntStream.range(0, ranges)
                .mapToObj(number -> new CopyRange(number, TABLE.quoted(), "true", 1))
                .toList();
        return new CopyCrew.Order(new Catalog.Followed(SHAPE, ranges, -1, List.of()), new CopyPlan(SHAPE, "", all, -1), Map.of());
    }

    private static Limits limits() {
        Limits usual = Limits.defaults();
        return new Limits(usual.batchBytes(), usual.batchAge(), usual.queuedBatches(), SESSIONS, usual.copyRangeBlocks(),
                usual.statusInterval(), usual.backlogBytes(), usual.peekChanges());
    }

    private static Report soon(CopyCrew crew) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < end) {
            Report report = crew.poll();
            if (report != null) {
                return report;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("No report of the crew within half a minute");
    }

    /// A source whose first snapshot is taken only when every other copier either waits or has gone, and a destination whose loads begin
    /// only when all sessions load at the same time.
    private static final class Meeting implements Source {

        private final Map<Thread, Boolean> others = new ConcurrentHashMap<>();
        private final CyclicBarrier together = new CyclicBarrier(SESSIONS);
        private final Destination destination = new LoadingTogether(together);

        @Override
        public CopySession openCopySession() {
            Thread copier = Thread.currentThread();
            others.put(copier, true);
            return new Session(() -> {
                others.remove(copier);
                return others.size() == SESSIONS - 1 && others.keySet().stream().noneMatch(Meeting::isBusy);
            });
        }

        private static boolean isBusy(Thread copier) {
            return copier.getState() != Thread.State.WAITING && copier.getState() != Thread.State.TERMINATED;
        }

        @Override
        public SourceIdentity identity() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Catalog catalog() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String catalogStamp() {
            return "";
        }

        @Override
        public Position end() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Position start() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean continues(Position held) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChangeFeed openFeed(Position from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CopyPlan plan(Catalog.Followed table) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean stillHolds(CopyPlan plan) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Catalog.Followed> find(TableName table) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private record Session(BooleanSupplier othersAreIdle) implements CopySession {

        @Override
        public Shared begin() {
            while (!othersAreIdle.getAsBoolean()) {
                Thread.onSpinWait();
            }
            return new Shared("1", TransactionSnapshot.parse("1:1:"), new LogPosition(new Lsn(1)), Instant.EPOCH);
        }

        @Override
        public boolean join(Shared shared) {
            return true;
        }

        @Override
        public boolean holds(CopyPlan plan) {
            return true;
        }

        @Override
        public CopyRows read(CopyPlan plan, CopyRange range) {
            return () -> null;
        }

        @Override
        public void end() {}

        @Override
        public void close() {}
    }

    private record LoadingTogether(CyclicBarrier together) implements Destination {

        @Override
        public long load(TableName table, CopyRange range, TransactionSnapshot snapshot, Position readAt, Instant takenAt, CopyRows rows) {
            try {
                together.await(20, TimeUnit.SECONDS);
                return 1;
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException("Range " + range.number() + " was loaded without the others", e);
            }
        }

        @Override
        public Salt salt() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Memory recall() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void restart(Position start) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void adopt(SourceIdentity source, Position start) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void beginCopy(CopyPlan plan, SyncMode mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void endCopy(TableName table) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Publication publish(TableName table) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void requestCopy(TableName table) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reshape(Shape shape) {}

        @Override
        public void convert(TableName table, SyncMode mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void forget(TableName table) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Receipt write(Batch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
