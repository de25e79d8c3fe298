package dev.millrace.source.frozen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class FrozenPagesTest {

    private static final String SESSIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'millrace'";

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void of_a_table_that_is_frozen_but_for_a_hundredth_few_pages_are_read() throws SQLException {
        try (TestDatabase db = notes(100_000);
                Scans scans = Scans.of(db)) {
            assertThat(scans.scan()).isInstanceOf(Reading.Everything.class);
            db.execute("UPDATE notes SET body = repeat('y', 100) WHERE id <= 500");
            try (Scans.Scan scan = scans.open()) {
                Reading.Ranges ranges = (Reading.Ranges) scan.look();
                long blocks = Long.parseLong(db.value("SELECT pg_relation_size('notes') / 8192"));
                assertThat(ranges.size()).isEqualTo(blocks);
                assertThat(blocksTouched(scan.session(), ranges)).isBetween(1L, blocks * 2 / 100);
                assertThat(scan.finish()).isEqualTo(ranges);
            }
        }
    }

    private static long blocksTouched(Connection session, Reading reading) throws SQLException {
        // No row is so new: each that is found is fetched from its page once more, and that page counted again.
        String condition = reading.condition(Scans.NOTES, "age(xmin) < 0");
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(
                        "EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT id, body FROM ONLY public.notes WHERE " + condition)) {
            row.next();
            String plan = row.getString(1);
            assertThat(plan).contains("Tid Range Scan").doesNotContain("Seq Scan");
            return number(plan, "Shared Hit Blocks") + number(plan, "Shared Read Blocks");
        }
    }

    private static long number(String plan, String name) {
        String behind = plan.substring(plan.indexOf("\"" + name + "\": ") + name.length() + 4);
        return Long.parseLong(behind.substring(0, behind.indexOf(',')).strip());
    }

    @TestFactory
    Stream<DynamicTest> scattered_changes_are_read_where_they_are() {
        return Stream.of(14, 15, 16, 17, 18).map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> {
            try (TestDatabase db = filled(TestPostgres.version(version).newDatabase(), 50_000);
                    Scans scans = Scans.of(db)) {
                scans.scan();
                db.execute("UPDATE notes SET body = repeat('y', 100) WHERE id IN (1, 90, 20000, 49999)");
                try (Scans.Scan scan = scans.open()) {
                    Reading.Ranges ranges = (Reading.Ranges) scan.look();
                    assertThat(ranges.ranges()).hasSize(3);
                    assertThat(ranges.ranges().getLast().to()).isEqualTo(BlockRange.OPEN);
                    assertThat(ranges.blocks()).isLessThan(10);
                    assertThat(blocksTouched(scan.session(), ranges)).isLessThan(20);
                    scan.finish();
                }
            }
        }));
    }

    @Test
    void a_table_of_which_most_was_changed_is_read_at_one_go() throws SQLException {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            db.execute("UPDATE notes SET body = 'new'");
            assertThat(why(scans.scan())).contains("pages would have to be read");
        }
    }

    @Test
    void an_empty_table_has_an_open_range() throws SQLException {
        try (TestDatabase db = notes(0);
                Scans scans = Scans.of(db)) {
            scans.scan();
            assertThat(((Reading.Ranges) scans.scan()).ranges()).containsExactly(new BlockRange(0, BlockRange.OPEN));
            db.execute("INSERT INTO notes VALUES (1, 'one')");
            scans.scan();
        }
    }

    @Test
    void what_the_last_scan_did_not_read_is_read_whole() throws SQLException {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            try (Scans.Scan unselected = scans.open()) {
                unselected.commit();
            }
            try (Scans.Scan scan = scans.open()) {
                assertThat(why(scan.look())).contains("did not read it");
            }
        }
    }

    @Test
    void a_scan_that_fails_leaves_the_one_before_it_good() throws SQLException {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            db.execute("UPDATE notes SET body = 'first' WHERE id = 5");
            try (Scans.Scan scan = scans.open()) {
                assertThat(scan.look()).isInstanceOf(Reading.Ranges.class);
            }
            db.execute("UPDATE notes SET body = 'second' WHERE id = 9000", "VACUUM FREEZE notes");
            try (Scans.Scan scan = scans.open()) {
                assertThat(scan.look()).isInstanceOf(Reading.Ranges.class);
                scans.frozen().promise(scan.position());
            }
            db.execute("VACUUM FREEZE notes");
            assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
        }
    }

    @Test
    void a_destination_that_holds_another_position_has_everything_read() throws SQLException {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            scans.frozen().settle(new ScanPosition(7, 1, scans.held().snapshot()));
            assertThat(why(scans.scan())).contains("another scan");
            assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
        }
    }

    @Test
    void a_position_of_an_older_snapshot_is_refused() throws SQLException {
        try (TestDatabase db = notes(10);
                Scans scans = Scans.of(db);
                Connection session = db.session()) {
            TransactionSnapshot before = snapshot(session);
            db.execute("INSERT INTO notes VALUES (11, 'later')");
            scans.frozen().begin(scans.held());
            assertThatThrownBy(() -> scans.frozen().promise(new ScanPosition(1, 1, before))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_session_that_was_ended_has_everything_read_once() throws SQLException {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'millrace'");
            awaitHolders(db, 0);
            db.execute("UPDATE notes SET body = 'new' WHERE id = 5", "VACUUM FREEZE notes");
            assertThat(why(scans.scan())).contains("ended");
            assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
        }
    }

    @Test
    void a_session_that_ends_while_the_map_is_read_has_everything_read() throws SQLException {
        try (TestDatabase db = notes(10_000)) {
            db.execute(
                    "CREATE SCHEMA millrace",
                    """
                    CREATE FUNCTION millrace.get_all_pages(v_table_name text)
                        RETURNS TABLE (pagenumber bigint, all_visible_yn boolean, all_frozen_yn boolean) LANGUAGE sql SECURITY DEFINER
                        AS 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE application_name = ''millrace'' AND state = ''idle in transaction'' AND datname = current_database();
                            SELECT blkno, all_visible, all_frozen FROM public.pg_visibility_map(v_table_name::regclass)'
                    """);
            db.createUser("ending_" + db.name(), "pw", "");
            db.execute("GRANT USAGE ON SCHEMA millrace TO PUBLIC", "GRANT SELECT ON notes TO PUBLIC");
            try (Scans scans = Scans.of(db, "ending_" + db.name(), "pw")) {
                scans.scan();
                assertThat(why(scans.scan())).contains("was ended");
            }
        }
    }

    @Test
    void a_server_that_was_killed_has_everything_read_once() throws SQLException {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of());
                TestDatabase db = filled(server.newDatabase(), 10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            db.execute("UPDATE notes SET body = 'new' WHERE id = 5", "VACUUM FREEZE notes");
            server.server().kill();
            server.server().start();
            db.execute("UPDATE notes SET body = 'newer' WHERE id = 9", "VACUUM FREEZE notes");
            assertThat(why(scans.scan())).contains("ended");
            assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
        }
    }

    @Test
    void a_scan_of_another_server_or_database_reads_everything() throws SQLException {
        try (TestDatabase db = notes(10_000);
                TestDatabase other = notes(10_000);
                Scans scans = Scans.of(db);
                Scans others = Scans.of(other);
                Scans.Scan scan = others.open()) {
            scans.frozen().begin(scans.held());
            assertThat(why(scans.frozen().read(scan.session(), scan.storage()))).contains("another server");
        }
    }

    @Test
    void what_is_held_keeps_nobody_from_altering_the_table() throws SQLException {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            db.execute("SET lock_timeout = '5s'", "ALTER TABLE notes ADD COLUMN more text", "TRUNCATE notes");
            db.execute("INSERT INTO notes VALUES (1, 'one')");
            assertThat(why(scans.scan())).contains("rewritten");
        }
    }

    @Test
    void it_lets_go_when_somebody_waits_for_it() throws Exception {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db);
                Connection session = db.session();
                Statement statement = session.createStatement()) {
            scans.scan();
            scans.frozen().tend();
            assertThat(holders(db)).isEqualTo(1);
            CompletableFuture<Boolean> made = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.execute("CREATE INDEX CONCURRENTLY ON notes (body)");
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
            Eventually.within(SOON, "the index is made", () -> {
                scans.frozen().tend();
                return made.isDone();
            });
            made.get();
            assertThat(why(scans.scan())).contains("waited");
        }
    }

    @Test
    void it_lets_go_after_its_limit() throws SQLException {
        try (TestDatabase db = notes(10_000);
                Scans scans = Scans.of(db)) {
            scans.scan();
            scans.pass(Scans.LIMIT);
            scans.frozen().tend();
            assertThat(holders(db)).isEqualTo(1);
            scans.pass(Duration.ofMillis(1));
            scans.frozen().tend();
            awaitHolders(db, 0);
            assertThat(why(scans.scan())).contains("PT10M");
        }
    }

    @Test
    void the_server_ends_what_a_stuck_process_holds() throws SQLException {
        try (TestDatabase db = notes(10);
                FrozenPages frozen =
                        new FrozenPages(Scans.endpoint(db, db.user(), db.password()), Duration.ofMillis(50), InstantSource.system());
                Connection session = db.session()) {
            ScanPosition none = new ScanPosition(0, 1, TransactionSnapshot.parse("0:0:"));
            frozen.begin(none);
            frozen.promise(new ScanPosition(1, 1, snapshot(session)));
            awaitHolders(db, 0);
        }
    }

    @Test
    void one_snapshot_is_held_between_scans_by_two_sessions_in_turn_and_none_when_closed() throws SQLException {
        try (TestDatabase db = notes(10)) {
            try (Scans scans = Scans.of(db)) {
                for (int scan = 0; scan < 3; scan++) {
                    scans.scan();
                    awaitHolders(db, 1);
                }
                assertThat(sessions(db)).isEqualTo(2);
                scans.frozen().begin(scans.held());
            }
            Eventually.within(SOON, () -> assertThat(sessions(db)).isZero());
        }
    }

    private static void awaitHolders(TestDatabase db, int count) {
        Eventually.within(SOON, () -> assertThat(holders(db)).isEqualTo(count));
    }

    /// The sessions in which a snapshot is held.
    private static int holders(TestDatabase db) {
        return Integer.parseInt(db.value(SESSIONS + " AND state = 'idle in transaction'"));
    }

    private static int sessions(TestDatabase db) {
        return Integer.parseInt(db.value(SESSIONS));
    }

    private static TransactionSnapshot snapshot(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()::text")) {
            row.next();
            return TransactionSnapshot.parse(row.getString(1));
        }
    }

    private static String why(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Everything.class);
        return ((Reading.Everything) reading).why();
    }

    private static TestDatabase notes(int rows) {
        return filled(TestPostgres.latest().newDatabase(), rows);
    }

    /// The table with so many rows, all of them frozen, and with room on each page for a row to change there; and the extension.
    /// No autovacuum.
    static TestDatabase filled(TestDatabase db, int rows) {
        db.execute(
                "CREATE EXTENSION pg_visibility",
                "CREATE TABLE notes (id int PRIMARY KEY, body text) WITH (autovacuum_enabled = off, fillfactor = 80)",
                "INSERT INTO notes SELECT i, repeat('x', 100) FROM generate_series(1, %d) i".formatted(rows),
                "VACUUM FREEZE notes");
        return db;
    }
}
