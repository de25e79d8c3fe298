package dev.millrace.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Batch;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.testkit.Eventually;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Everything that the port [ChangeFeed] promises, sentence by sentence.
///
/// A feed's test implements this interface with a database of its own for each test.
public interface ChangeFeedContract extends FeedSubject {

    @Test
    default void every_committed_transaction_arrives_once_in_commit_order() {
        database().execute("INSERT INTO note VALUES ('a', '1')", "UPDATE note SET body = '2'", "DELETE FROM note", "TRUNCATE note");
        try (ChangeFeed feed = open(start())) {
            Reading reading = read(feed, start(), true);
            assertThat(reading.texts()).containsExactly("INSERT a 1", "UPDATE a 2", "DELETE a -", "TRUNCATE");
            database().execute("INSERT INTO note VALUES ('b', NULL)");
            assertThat(read(feed, reading.through(), true).texts()).containsExactly("INSERT b -");
        }
    }

    @Test
    default void transactions_arrive_as_they_committed_not_as_they_began() throws SQLException {
        try (Connection early = database().session(); Statement statement = early.createStatement()) {
            early.setAutoCommit(false);
            statement.execute("INSERT INTO note VALUES ('early', '')");
            database().execute("INSERT INTO note VALUES ('late', '')");
            early.commit();
        }
        try (ChangeFeed feed = open(start())) {
            assertThat(read(feed, start(), true).texts()).containsExactly("INSERT late ", "INSERT early ");
        }
    }

    @Test
    default void what_was_rolled_back_leaves_no_trace() throws SQLException {
        try (Connection session = database().session(); Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("INSERT INTO note VALUES ('gone', '')");
            session.rollback();
            statement.execute("INSERT INTO note VALUES ('kept', '')");
            statement.execute("SAVEPOINT s");
            statement.execute("INSERT INTO note VALUES ('gone', '')");
            statement.execute("ROLLBACK TO s");
            session.commit();
        }
        try (ChangeFeed feed = open(start())) {
            assertThat(read(feed, start(), true).texts()).containsExactly("INSERT kept ");
        }
    }

    @Test
    default void each_change_carries_the_id_of_its_transaction() throws SQLException {
        List<Long> xids = new ArrayList<>();
        try (Connection session = database().session(); Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            for (int i = 0; i < 3; i++) {
                try (var row = statement.executeQuery("SELECT txid_current()")) {
                    row.next();
                    xids.add(row.getLong(1));
                }
                statement.execute("SAVEPOINT s");
                statement.execute("INSERT INTO note VALUES ('%d', '')".formatted(i));
                session.commit();
            }
        }
        try (ChangeFeed feed = open(start())) {
            assertThat(xids).noneMatch(feed::hasRead);
            assertThat(read(feed, start(), true).changes()).extracting(Seen::xid).isEqualTo(xids);
            assertThat(xids).allMatch(feed::hasRead);
        }
    }

    @Test
    default void a_batch_holds_whole_transactions() {
        for (int i = 0; i < 50; i++) {
            database().execute("INSERT INTO note SELECT '%d/' || g, repeat('x', 5000) FROM generate_series(1, 20) g".formatted(i));
        }
        try (ChangeFeed feed = open(start())) {
            Position target = end();
            feed.reach(target);
            Position through = start();
            long rows = 0;
            while (through.isBefore(target)) {
                Optional<Batch> next = feed.next(LIMIT);
                assertThat(next).isPresent();
                try (Batch batch = next.orElseThrow()) {
                    Map<Long, Long> byTransaction = seen(batch).stream().collect(Collectors.groupingBy(Seen::xid, Collectors.counting()));
                    assertThat(byTransaction.values()).allMatch(count -> count == 20);
                    assertThat(batch.transactions()).isEqualTo(byTransaction.size());
                    assertThat(batch.committedAt().isPresent()).isEqualTo(!batch.isEmpty());
                    assertThat(through.isBefore(batch.through())).isTrue();
                    through = batch.through();
                    rows += batch.changes();
                }
                feed.acknowledge(new Receipt(through));
            }
            assertThat(rows).isEqualTo(1_000);
        }
    }

    @Test
    default void what_was_not_acknowledged_arrives_again_and_what_was_does_not() {
        database().execute("INSERT INTO note VALUES ('a', '')");
        try (ChangeFeed feed = open(start())) {
            assertThat(read(feed, start(), false).texts()).containsExactly("INSERT a ");
        }
        Position through;
        try (ChangeFeed feed = open(start())) {
            Reading reading = read(feed, start(), true);
            assertThat(reading.texts()).containsExactly("INSERT a ");
            through = reading.through();
        }
        database().execute("INSERT INTO note VALUES ('b', '')");
        try (ChangeFeed feed = open(through)) {
            assertThat(read(feed, through, true).texts()).containsExactly("INSERT b ");
        }
    }

    @Test
    default void what_the_destination_holds_does_not_arrive_again_even_if_the_source_was_not_told() {
        database().execute("INSERT INTO note VALUES ('a', '')");
        Position held;
        try (ChangeFeed feed = open(start())) {
            held = read(feed, start(), false).through();
        }
        database().execute("INSERT INTO note VALUES ('b', '')");
        try (ChangeFeed feed = open(held)) {
            assertThat(read(feed, held, false).texts()).containsExactly("INSERT b ");
        }
    }

    @Test
    default void a_feed_that_is_closed_with_batches_not_taken_can_be_opened_again() {
        List<String> all = IntStream.range(0, 2_000).mapToObj(i -> "INSERT %04d ".formatted(i)).sorted().toList();
        database().execute("INSERT INTO note SELECT lpad(g::text, 4, '0'), '' FROM generate_series(0, 1999) g");
        for (int i = 0; i < 3; i++) {
            ChangeFeed feed = open(start());
            Eventually.within(LIMIT, () -> assertThat(start().isBefore(feed.reachedNow())).isTrue());
            feed.close();
            feed.close();
        }
        try (ChangeFeed feed = open(start())) {
            assertThat(read(feed, start(), true).texts()).isEqualTo(all);
        }
    }

    @Test
    default void nothing_is_given_when_nothing_is_there() {
        try (ChangeFeed feed = open(start())) {
            Position through = read(feed, start(), true).through();
            feed.next(Duration.ofMillis(200)).ifPresent(batch -> {
                assertThat(batch.isEmpty()).isTrue();
                assertThat(through.isBefore(batch.through())).isTrue();
                batch.close();
            });
        }
    }

    @Test
    default void a_fence_ends_a_batch_where_the_snapshot_stands() {
        database().execute("INSERT INTO note VALUES ('a', '')");
        try (ChangeFeed feed = open(start())) {
            read(feed, start(), true);
            database().execute("INSERT INTO note VALUES ('b', '')");
            for (int tries = 0; tries < 20; tries++) {
                Fence fence = Fence.at("", TransactionSnapshot.parse(database().value("SELECT txid_current_snapshot()")), Instant.now(), end());
                feed.fence(fence);
                database().execute("INSERT INTO note VALUES ('later %d', '')".formatted(tries));
                if (isPassed(feed, fence)) {
                    return;
                }
            }
            throw new AssertionError("No fence stood in twenty tries");
        }
    }

    /// Takes batches up to the fence; false if there was nothing left to cut.
    private boolean isPassed(ChangeFeed feed, Fence fence) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (fence.stands().isDone() && fence.stands().join() instanceof Fence.Outcome.Crossed) {
                return false;
            }
            Optional<Batch> next = feed.next(Duration.ofMillis(50));
            if (next.isPresent()) {
                try (Batch batch = next.get()) {
                    feed.acknowledge(new Receipt(batch.through()));
                    assertThat(seen(batch)).allMatch(change -> fence.snapshot().sees(change.xid()));
                    if (batch.fence().isPresent()) {
                        fence.cut().complete(batch.through());
                        Eventually.within(LIMIT, () -> assertThat(fence.stands()).isCompletedWithValue(new Fence.Outcome.Exact(batch.through())));
                        return true;
                    }
                }
            }
        }
        throw new AssertionError("The fence was not reached");
    }
}
