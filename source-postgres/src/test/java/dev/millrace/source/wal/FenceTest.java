package dev.millrace.source.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Batch;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class FenceTest {

    private static LogFixture fixture() {
        LogFixture log = new LogFixture(TestPostgres.latest().newDatabase());
        log.database.execute("CREATE TABLE t (id serial PRIMARY KEY, v int)");
        return log.withSlot();
    }

    private static String value(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Fence fence(Connection session) throws SQLException {
        TransactionSnapshot snapshot = TransactionSnapshot.parse(value(session, "SELECT pg_current_snapshot()"));
        return Fence.at("", snapshot, Instant.now(), new LogPosition(Lsn.parse(value(session, "SELECT pg_current_wal_insert_lsn()"))));
    }

    /// Takes batches until the fence is there; counts the rows before it.
    private static long rowsBefore(ChangeFeed feed, Fence fence) {
        long rows = 0;
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < deadline) {
            if (fence.stands().isDone() && fence.stands().join() instanceof Fence.Outcome.Crossed) {
                return -1;
            }
            Optional<Batch> next = feed.next(Duration.ofMillis(20));
            if (next.isPresent()) {
                try (Batch batch = next.get()) {
                    rows += LogFixture.text(batch).size();
                    feed.acknowledge(new Receipt(batch.through()));
                    if (batch.fence().isPresent()) {
                        assertThat(batch.fence().get()).isSameAs(fence);
                        fence.cut().complete(batch.through());
                        return rows;
                    }
                }
            }
        }
        throw new AssertionError("The fence was not reached");
    }

    @Test
    void an_idle_feed_stands_at_the_fence_at_once() throws SQLException {
        try (LogFixture log = fixture(); Connection session = log.database.session()) {
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                log.database.execute("INSERT INTO t (v) VALUES (1)");
                log.read(feed);
                Fence fence = fence(session);
                feed.fence(fence);
                assertThat(rowsBefore(feed, fence)).isZero();
                assertThat(fence.stands().join()).isInstanceOf(Fence.Outcome.Exact.class);
            }
        }
    }

    @Test
    void the_batch_ends_before_the_first_transaction_that_the_snapshot_does_not_see() throws SQLException {
        for (var limits : List.of(LogFixture.STREAMING, LogFixture.PEEKING)) {
            try (LogFixture log = fixture(); Connection session = log.database.session()) {
                log.database.execute("INSERT INTO t (v) VALUES (1)", "INSERT INTO t (v) VALUES (2)");
                Fence fence = fence(session);
                log.database.execute("INSERT INTO t (v) VALUES (3)", "INSERT INTO t (v) VALUES (4)");
                try (ChangeFeed feed = log.open(limits)) {
                    feed.fence(fence);
                    long rows = rowsBefore(feed, fence);
                    assertThat(rows == 2 || rows == -1).isTrue();
                    if (rows == 2) {
                        assertThat(log.read(feed)).containsExactly("INSERT t id=3 v=3", "INSERT t id=4 v=4");
                        assertThat(fence.stands().join()).isEqualTo(new Fence.Outcome.Exact(fence.cut().join()));
                    }
                }
            }
        }
    }

    @Test
    void under_traffic_a_fence_stands_exactly_after_a_few_tries() throws Exception {
        try (LogFixture log = fixture(); Connection session = log.database.session()) {
            AtomicBoolean stop = new AtomicBoolean();
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                Thread writer = Thread.ofVirtual().start(() -> {
                    while (!stop.get()) {
                        log.database.execute("INSERT INTO t (v) VALUES (1)");
                    }
                });
                try {
                    session.setAutoCommit(false);
                    session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                    long before = 0;
                    for (int round = 0; round < 5; round++) {
                        long added = -1;
                        int tries = 0;
                        while (added < 0) {
                            session.rollback();
                            assertThat(tries++).as("tries").isLessThan(20);
                            Fence fence = fence(session);
                            feed.fence(fence);
                            // A crossed fence gives its rows back to the count, since they have been taken all the same.
                            added = rowsUntil(feed, fence);
                            before += added < 0 ? -added - 1 : added;
                        }
                        assertThat(before).isEqualTo(Long.parseLong(value(session, "SELECT count(*) FROM t")));
                    }
                } finally {
                    stop.set(true);
                    writer.join();
                }
            }
        }
    }

    /// The rows before the fence; or, if it was crossed, -1 less those taken so far.
    private static long rowsUntil(ChangeFeed feed, Fence fence) {
        long rows = 0;
        while (true) {
            Optional<Batch> next = feed.next(Duration.ofMillis(20));
            boolean here = false;
            if (next.isPresent()) {
                try (Batch batch = next.get()) {
                    rows += LogFixture.text(batch).size();
                    feed.acknowledge(new Receipt(batch.through()));
                    here = batch.fence().isPresent();
                }
            }
            if (here) {
                return rows;
            }
            if (fence.stands().isDone() && fence.stands().join() instanceof Fence.Outcome.Crossed) {
                return -1 - rows;
            }
        }
    }
}
