package dev.millrace.source.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.run.Limits;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Transactions that arrive in blocks while they are open, since the server may keep 64 kB of them only.
final class OpenTransactionsTest {

    private static final Map<String, String> LITTLE_MEMORY = Map.of("logical_decoding_work_mem", "64kB");

    /// Small enough that what waits for a commit goes to files.
    private static final Limits SMALL = LogFixture.limits(100 << 10, Long.MAX_VALUE >> 8);

    private static DedicatedPostgres server;

    @BeforeAll
    static void start() {
        server = TestPostgres.dedicated(17, LITTLE_MEMORY);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static LogFixture fixture() {
        return new LogFixture(server.newDatabase());
    }

    private static void run(Connection session, String... sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            for (String each : sql) {
                statement.execute(each);
            }
        }
    }

    private static List<String> inserts(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj("INSERT t id=%d v=100 characters"::formatted).toList();
    }

    private static String insert(int from, int to) {
        return "INSERT INTO t SELECT g, repeat('z', 100) FROM generate_series(%d, %d) g".formatted(from, to);
    }

    private static List<String> all(List<String> one, List<String> two, List<String> three) {
        return Stream.of(one, two, three).flatMap(List::stream).toList();
    }

    @OnVersions({14, 15, 16, 17, 18})
    void parts_that_were_rolled_back_leave_no_trace(int version) throws SQLException {
        try (DedicatedPostgres postgres = TestPostgres.dedicated(version, LITTLE_MEMORY);
                LogFixture log = new LogFixture(postgres.newDatabase())) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
            log.withSlot();
            try (ChangeFeed feed = log.open(SMALL); Connection session = log.database.session()) {
                session.setAutoCommit(false);
                run(session, insert(1, 2000), "SAVEPOINT a", insert(2001, 4000), "SAVEPOINT b", insert(4001, 6000));
                run(session, "ROLLBACK TO a", insert(6001, 8000), "SAVEPOINT c", insert(8001, 8001), "ROLLBACK TO c", "DELETE FROM t WHERE id = 1");
                session.commit();
                assertThat(log.read(feed)).isEqualTo(all(inserts(1, 2000), inserts(6001, 8000), List.of("DELETE t KEY id=1 v=null")));
            }
            // Before PostgreSQL 15 statistics reach their collector a little later.
            Eventually.within(Duration.ofSeconds(20), "a transaction came in blocks", () -> Long.parseLong(log.database.value(
                            "SELECT stream_txns FROM pg_stat_replication_slots WHERE slot_name = '" + log.slot + "'")) > 0);
        }
    }

    @Test
    void a_transaction_that_is_rolled_back_leaves_no_trace() throws SQLException {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
            log.withSlot();
            try (ChangeFeed feed = log.open(SMALL); Connection session = log.database.session()) {
                session.setAutoCommit(false);
                run(session, insert(1, 5000));
                log.database.execute(insert(10_001, 10_002));
                assertThat(log.read(feed)).isEqualTo(inserts(10_001, 10_002));
                session.rollback();
                log.database.execute(insert(10_003, 10_003));
                assertThat(log.read(feed)).isEqualTo(inserts(10_003, 10_003));
            }
        }
    }

    @Test
    void transactions_that_interleave_arrive_one_after_the_other_as_they_committed() throws SQLException {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
            log.withSlot();
            try (ChangeFeed feed = log.open(SMALL);
                    Connection one = log.database.session();
                    Connection two = log.database.session()) {
                one.setAutoCommit(false);
                two.setAutoCommit(false);
                for (int i = 0; i < 5; i++) {
                    run(one, insert(i * 1000 + 1, i * 1000 + 1000));
                    run(two, insert(100_000 + i * 1000 + 1, 100_000 + i * 1000 + 1000));
                }
                log.database.execute(insert(50_000, 50_000));
                two.commit();
                one.commit();
                assertThat(log.read(feed)).isEqualTo(all(inserts(50_000, 50_000), inserts(100_001, 105_000), inserts(1, 5000)));
            }
        }
    }

    @Test
    void a_table_altered_within_a_large_transaction_changes_shape_between_its_rows() throws SQLException {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
            log.withSlot();
            try (ChangeFeed feed = log.open(SMALL); Connection session = log.database.session()) {
                session.setAutoCommit(false);
                run(session, insert(1, 2000), "SAVEPOINT a", "ALTER TABLE t ADD w int", "INSERT INTO t VALUES (5000, 'x', 1)", "ROLLBACK TO a");
                run(session, insert(2001, 4000), "ALTER TABLE t ADD n int DEFAULT 7", "INSERT INTO t VALUES (9000, 'y', 8)");
                session.commit();
                List<String> expected = new ArrayList<>(inserts(1, 4000));
                expected.add("INSERT t id=9000 v=y n=8");
                assertThat(log.read(feed)).isEqualTo(expected);
            }
        }
    }

    @Test
    void a_feed_that_is_opened_again_in_the_middle_of_a_large_transaction_gets_all_of_it() throws SQLException {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
            log.withSlot();
            try (Connection session = log.database.session()) {
                session.setAutoCommit(false);
                try (ChangeFeed feed = log.open(SMALL)) {
                    run(session, insert(1, 3000));
                    log.database.execute(insert(10_001, 10_001));
                    assertThat(log.read(feed)).isEqualTo(inserts(10_001, 10_001));
                }
                run(session, insert(3001, 5000));
                session.commit();
                try (ChangeFeed feed = log.open(SMALL)) {
                    assertThat(log.read(feed)).isEqualTo(inserts(1, 5000));
                }
            }
        }
    }
}
