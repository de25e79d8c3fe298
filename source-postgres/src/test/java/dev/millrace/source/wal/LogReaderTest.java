package dev.millrace.source.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.Receipt;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.run.Limits;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class LogReaderTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    static Stream<Arguments> versionsAndGears() {
        return TestPostgres.chosen(TestPostgres.VERSIONS).stream()
                .flatMap(version -> Stream.of(
                        Arguments.of(version, "streaming", LogFixture.STREAMING), Arguments.of(version, "peeking", LogFixture.PEEKING)));
    }

    private static LogFixture fixture() {
        return new LogFixture(TestPostgres.latest().newDatabase()).withSlot();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("versionsAndGears")
    void every_kind_of_change_arrives_in_order(int version, String gear, Limits limits) {
        try (LogFixture log = new LogFixture(TestPostgres.version(version).newDatabase())) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text, n bigint)", "ALTER TABLE t ALTER v SET STORAGE EXTERNAL");
            log.withSlot();
            log.database.execute(
                    "INSERT INTO t VALUES (1, 'one', 10), (2, NULL, 20)",
                    "INSERT INTO t VALUES (3, repeat('x', 5000), 30)",
                    "UPDATE t SET n = 31 WHERE id = 3",
                    "UPDATE t SET id = 4 WHERE id = 2",
                    "DELETE FROM t WHERE id = 1",
                    "TRUNCATE t");
            try (ChangeFeed feed = log.open(limits)) {
                assertThat(log.read(feed))
                        .as(gear)
                        .containsExactly(
                                "INSERT t id=1 v=one n=10",
                                "INSERT t id=2 v=null n=20",
                                "INSERT t id=3 v=5000 characters n=30",
                                "UPDATE t id=3 v=unchanged n=31",
                                "UPDATE t KEY id=2 v=null n=null -> id=4 v=null n=20",
                                "DELETE t KEY id=1 v=null n=null",
                                "TRUNCATE t");
            }
        }
    }

    @Test
    void both_gears_give_the_same_changes_for_the_same_history() {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE a (id int PRIMARY KEY, v text)", "CREATE TABLE b (id int PRIMARY KEY, v text)");
            for (int i = 0; i < 300; i++) {
                log.database.execute(
                        "INSERT INTO a SELECT g, 'a' || g FROM generate_series(%d, %d) g; INSERT INTO b VALUES (%d, 'b')".formatted(i * 10, i * 10 + 9, i));
            }
            List<String> streamed;
            List<String> peeked;
            Lsn start = log.confirmed();
            try (ChangeFeed feed = log.open(LogFixture.STREAMING, start)) {
                streamed = log.read(feed, false);
            }
            try (ChangeFeed feed = log.open(LogFixture.PEEKING, start)) {
                peeked = log.read(feed, true);
            }
            assertThat(peeked).hasSize(3_300).containsExactlyInAnyOrderElementsOf(streamed);
            assertThat(only(peeked, " a ")).isEqualTo(only(streamed, " a "));
        }
    }

    @Test
    void a_stream_that_is_left_behind_gives_way_to_peeking_and_nothing_is_lost() {
        try (LogFixture log = new LogFixture(TestPostgres.latest().newDatabase())) {
            log.database.execute("CREATE TABLE t (id serial PRIMARY KEY, v text)");
            log.withSlot();
            Limits limits = new Limits(1 << 20, Duration.ofMillis(200), 1, 3, 1, Duration.ofMillis(100), 4 << 20, 2_000);
            try (ChangeFeed feed = log.open(limits)) {
                log.database.execute("INSERT INTO t (v) VALUES ('first')");
                assertThat(log.read(feed)).containsExactly("INSERT t id=1 v=first");
                String first = log.database.value("SELECT backend_start FROM pg_stat_replication");
                for (int i = 0; i < 100; i++) {
                    log.database.execute("INSERT INTO t (v) SELECT repeat('x', 100) FROM generate_series(1, 1000)");
                }
                assertThat(log.read(feed))
                        .isEqualTo(IntStream.rangeClosed(2, 100_001).mapToObj("INSERT t id=%d v=100 characters"::formatted).toList());
                String now = Eventually.seen(
                        SOON, () -> log.database.query("SELECT backend_start FROM pg_stat_replication").toString(), start -> !start.equals("[]"));
                assertThat(now).as("the stream's session").doesNotContain(first);
            }
        }
    }

    @Test
    void a_feed_that_waits_for_a_long_peek_closes_all_the_same() {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 1000000) g");
            ChangeFeed feed = log.open(LogFixture.PEEKING);
            String peeks = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT data FROM pg_logical%' AND state = 'active'";
            Eventually.within(SOON, () -> assertThat(log.database.value(peeks)).isEqualTo("1"));
            long begun = System.nanoTime();
            feed.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
            assertThat(feed.next(Duration.ZERO)).isEmpty();
        }
    }

    private static List<String> only(List<String> changes, String part) {
        return changes.stream().filter(change -> change.contains(part)).toList();
    }

    @Test
    void what_was_not_acknowledged_arrives_again_and_what_was_does_not() {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
            Lsn start = log.confirmed();
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                assertThat(log.read(feed, false)).containsExactly("INSERT t id=1");
            }
            assertThat(log.confirmed()).isEqualTo(start);
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                assertThat(log.read(feed, true)).containsExactly("INSERT t id=1");
            }
            assertThat(start.isBefore(log.confirmed())).isTrue();
            log.database.execute("INSERT INTO t VALUES (2)");
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                assertThat(log.read(feed, true)).containsExactly("INSERT t id=2");
            }
        }
    }

    private static List<String> backlog(LogFixture log) {
        log.database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        for (int i = 0; i < 5; i++) {
            log.database.execute("INSERT INTO t SELECT generate_series(%d, %d)".formatted(i * 1_000, i * 1_000 + 999));
        }
        return IntStream.range(0, 5_000).mapToObj("INSERT t id=%d"::formatted).toList();
    }

    @Test
    void a_backlog_is_read_on_while_nothing_is_acknowledged_and_the_slot_keeps_it() {
        try (LogFixture log = fixture()) {
            List<String> changes = backlog(log);
            Lsn start = log.confirmed();
            for (int i = 0; i < 2; i++) {
                try (ChangeFeed feed = log.open(LogFixture.PEEKING)) {
                    assertThat(log.read(feed, false)).isEqualTo(changes);
                }
                assertThat(log.confirmed()).isEqualTo(start);
            }
            Eventually.within(SOON, () -> assertThat(log.database.query("SELECT slot_name FROM pg_replication_slots WHERE temporary")).isEmpty());
        }
    }

    @Test
    void a_backlog_is_read_in_turns_where_the_source_has_no_slot_to_spare() {
        try (LogFixture log = fixture()) {
            List<String> changes = backlog(log);
            log.database.execute("""
                    SELECT pg_create_physical_replication_slot('spare_' || i)
                    FROM generate_series(1, current_setting('max_replication_slots')::int - (SELECT count(*)::int FROM pg_replication_slots)) i""");
            try (ChangeFeed feed = log.open(LogFixture.PEEKING)) {
                assertThat(log.read(feed)).isEqualTo(changes);
            } finally {
                log.database.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'spare%'");
            }
        }
    }

    @Test
    void a_destination_that_is_ahead_of_the_slot_gets_nothing_twice() {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
            Lsn held = log.logEnd();
            log.database.execute("INSERT INTO t VALUES (2)");
            for (Limits limits : List.of(LogFixture.STREAMING, LogFixture.PEEKING)) {
                try (ChangeFeed feed = log.open(limits, held)) {
                    assertThat(log.read(feed, false)).containsExactly("INSERT t id=2");
                }
            }
        }
    }

    @Test
    void the_slot_of_an_idle_publication_advances_while_others_write() {
        try (LogFixture log = new LogFixture(TestPostgres.latest().newDatabase())) {
            log.database.execute(
                    "CREATE TABLE t (id int PRIMARY KEY)",
                    "CREATE TABLE other (id int)",
                    "CREATE PUBLICATION pub FOR TABLE t",
                    "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(log.slot));
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                log.database.execute("INSERT INTO other SELECT generate_series(1, 1000)");
                Lsn end = log.logEnd();
                List<String> changes = new ArrayList<>();
                Eventually.within(SOON, () -> {
                    feed.next(Duration.ofMillis(50)).ifPresent(batch -> {
                        changes.addAll(LogFixture.text(batch));
                        feed.acknowledge(new Receipt(batch.through()));
                        batch.close();
                    });
                    assertThat(log.confirmed()).isGreaterThanOrEqualTo(end);
                });
                assertThat(changes).isEmpty();
            }
        }
    }

    @OnVersions({11, 14, 17})
    void what_the_server_has_written_and_not_flushed_holds_nobody_up(int version) {
        try (LogFixture log = new LogFixture(TestPostgres.version(version).newDatabase()).withSlot();
                ChangeFeed feed = log.open(LogFixture.STREAMING)) {
            log.database.execute("CREATE TABLE t (id int)", "SELECT pg_logical_emit_message(false, 'test', 'nobody waits for this')");
            long begun = System.nanoTime();
            assertThat(log.read(feed)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void the_server_is_told_within_a_moment_of_a_receipt() {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY)");
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                log.database.execute("INSERT INTO t VALUES (1)");
                Lsn end = log.logEnd();
                log.read(feed, true);
                Eventually.within(Duration.ofSeconds(1), () -> assertThat(log.confirmed()).isGreaterThanOrEqualTo(end));
            }
        }
    }

    @Test
    void a_batch_larger_than_memory_goes_through_files_and_comes_back_whole() {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t SELECT g, repeat('y', 100) FROM generate_series(1, 5000) g");
            for (Limits limits : List.of(LogFixture.limits(64 << 10, Long.MAX_VALUE >> 8), LogFixture.limits(64 << 10, 0))) {
                try (ChangeFeed feed = log.open(limits)) {
                    assertThat(log.read(feed, limits.backlogBytes() == 0))
                            .isEqualTo(IntStream.rangeClosed(1, 5000).mapToObj("INSERT t id=%d v=100 characters"::formatted).toList());
                }
            }
        }
    }
}
