package dev.millrace.source.frozen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.postgresql.PGConnection;

/// Ways in which a row that is new can come to lie on a page that is all-visible again. [Scans] finds each row that is lost.
class ChangedAndMarkedAgainTest {

    private static final List<Integer> VERSIONS = List.of(14, 15, 16, 17, 18);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int ROWS = 6_000;

    /// A try to lose rows.
    @FunctionalInterface
    private interface Try {
        void run(TestDatabase db, Scans scans) throws Exception;
    }

    private static Stream<DynamicTest> everywhere(Try attempt) {
        return TestPostgres.chosen(VERSIONS).stream()
                .map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> {
                    try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.version(version).newDatabase(), ROWS);
                            Scans scans = Scans.of(db)) {
                        scans.scan();
                        assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
                        attempt.run(db, scans);
                        assertThat(scans.scan()).isInstanceOf(Reading.class);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> rows_that_are_changed_and_frozen_between_scans_are_read() {
        return everywhere((db, scans) -> {
            for (int round = 0; round < 3; round++) {
                db.execute(
                        "UPDATE notes SET body = body || 'y' WHERE id % 2000 = 7",
                        "INSERT INTO notes SELECT %d + i, repeat('n', 100) FROM generate_series(1, 300) i".formatted(ROWS + round * 300),
                        "VACUUM FREEZE notes",
                        "VACUUM FREEZE notes");
                assertThat(isMarked(db, "id = 2007")).isFalse();
                assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
                // Now that the scan has read them, they may be marked, and need not be read again.
                vacuumUntil(db, () -> isMarked(db, "id = 2007"));
                assertThat(((Reading.Ranges) scans.scan()).blocks()).isLessThan(20);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> without_the_snapshot_the_same_pages_would_be_marked_and_counters_need_not_tell() {
        return everywhere((db, scans) -> {
            scans.frozen().close();
            try (Connection session = db.session();
                    Statement statement = session.createStatement()) {
                db.execute("UPDATE notes SET body = body || 'y' WHERE id IN (7, 5000)");
                // Before 15 the first vacuum's own count comes late.
                String before = Eventually.seen(SOON, () -> vacuums(db), seen -> !seen.startsWith("0 0"));
                CompletableFuture<Void> vacuum = heldUp(db, session, "id = 5000");
                Eventually.within(SOON, () -> assertThat(isMarked(db, "id = 7")).isTrue());
                db.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'VACUUM FREEZE notes'");
                assertThat(vacuum).failsWithin(SOON);
                statement.execute("ROLLBACK");
                assertThat(vacuums(db)).isEqualTo(before);
                assertThat(isMarked(db, "id = 7")).isTrue();
            }
            assertThat(scans.scan()).isInstanceOf(Reading.Everything.class);
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_are_read_though_a_vacuum_that_froze_was_cancelled() {
        return everywhere((db, scans) -> {
            try (Connection session = db.session();
                    Statement statement = session.createStatement()) {
                db.execute("UPDATE notes SET body = body || 'y' WHERE id IN (7, 1500, 5000)");
                CompletableFuture<Void> vacuum = heldUp(db, session, "id = 4999");
                scans.scan();
                db.execute("UPDATE notes SET body = body || 'z' WHERE id IN (7, 1500, 5000)");
                scans.scan();
                db.execute(
                        "UPDATE notes SET body = body || 'z' WHERE id IN (8, 1501, 5001)",
                        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'VACUUM FREEZE notes'");
                vacuum.handle((_, _) -> "ended").join();
                statement.execute("ROLLBACK");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_are_read_while_and_after_a_vacuum_is_at_work() {
        return everywhere((db, scans) -> {
            try (Connection session = db.session();
                    Statement statement = session.createStatement()) {
                db.execute("UPDATE notes SET body = body || 'y' WHERE id IN (7, 1500, 5000)");
                scans.scan();
                CompletableFuture<Void> vacuum = heldUp(db, session, "id = 5000");
                db.execute("UPDATE notes SET body = body || 'z' WHERE id IN (7, 9, 1500)");
                try (Scans.Scan scan = scans.open()) {
                    db.execute("UPDATE notes SET body = body || '-' WHERE id IN (11, 1510)");
                    statement.execute("ROLLBACK");
                    vacuum.join();
                    scan.finish();
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_changed_and_frozen_while_a_scan_has_its_snapshot_are_read_by_the_next() {
        return everywhere((db, scans) -> {
            for (int round = 0; round < 3; round++) {
                String update = "UPDATE notes SET body = 'round %d' WHERE id %% 400 = 3".formatted(round);
                String insert = "INSERT INTO notes VALUES (%d, 'new')".formatted(10_000 + round);
                scans.scan(() -> db.execute(update, insert, "VACUUM FREEZE notes"));
                db.execute("VACUUM FREEZE notes");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_changed_between_the_looking_and_the_reading_are_read_by_the_next() {
        return everywhere((db, scans) -> {
            try (Scans.Scan scan = scans.open()) {
                scan.look();
                db.execute("UPDATE notes SET body = 'late' WHERE id % 400 = 3", "VACUUM FREEZE notes");
                scan.finish();
            }
            db.execute("VACUUM FREEZE notes");
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_of_a_transaction_that_was_open_over_several_scans_are_read() {
        return everywhere((db, scans) -> {
            try (Connection session = db.session();
                    Statement writer = session.createStatement()) {
                writer.execute("BEGIN");
                writer.execute("UPDATE notes SET body = 'top' WHERE id = 21");
                writer.execute("SAVEPOINT within");
                writer.execute("UPDATE notes SET body = 'within' WHERE id = 3021");
                scans.scan();
                db.execute("VACUUM FREEZE notes");
                scans.scan();
                writer.execute("UPDATE notes SET body = 'later' WHERE id = 5021");
                writer.execute("COMMIT");
                db.execute("VACUUM FREEZE notes", "VACUUM FREEZE notes");
                assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
                db.execute("VACUUM FREEZE notes");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_of_a_prepared_transaction_are_read_once_it_commits() {
        return everywhere((db, scans) -> {
            try (Connection session = db.session();
                    Statement writer = session.createStatement()) {
                writer.execute("BEGIN");
                writer.execute("UPDATE notes SET body = 'prepared' WHERE id IN (21, 4021)");
                writer.execute("PREPARE TRANSACTION 'two_phases_%s'".formatted(db.name()));
                scans.scan();
                db.execute("VACUUM FREEZE notes");
                scans.scan(() -> db.execute("COMMIT PREPARED 'two_phases_%s'".formatted(db.name()), "VACUUM FREEZE notes"));
                db.execute("VACUUM FREEZE notes");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_that_are_loaded_frozen_are_read() {
        return everywhere((db, scans) -> {
            scans.loadedFrozen(1, 3_000);
            loadFrozen(db, 1, 2_000);
            assertThat(scans.scan()).isInstanceOf(Reading.Everything.class);
            assertThat(isMarked(db, "id = 1000")).isTrue();
            scans.scan();
            // Also when the load ends between a scan's snapshot and its reading: such rows are seen by every snapshot.
            scans.scan(() -> loadFrozen(db, 1, 3_000));
            db.execute("INSERT INTO notes SELECT i, 'behind' FROM generate_series(3001, 3100) i", "VACUUM FREEZE notes");
            assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_on_pages_that_vacuum_cut_off_and_the_table_got_again_are_read() {
        return everywhere((db, scans) -> {
            db.execute("DELETE FROM notes WHERE id > 2000");
            scans.scan();
            vacuumUntil(db, () -> db.value("SELECT pg_relation_size('notes') / 8192 < 60").equals("t"));
            db.execute("INSERT INTO notes SELECT i, repeat('z', 100) FROM generate_series(2001, 7000) i", "VACUUM FREEZE notes");
            assertThat(scans.scan()).isInstanceOf(Reading.class);
            db.execute("DELETE FROM notes WHERE id > 3000", "VACUUM FREEZE notes");
            scans.scan(() -> db.execute("VACUUM FREEZE notes"));
            db.execute("VACUUM FREEZE notes");
            db.execute("INSERT INTO notes SELECT i, 'again' FROM generate_series(3001, 4000) i", "VACUUM FREEZE notes");
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_are_read_whatever_becomes_of_counters_and_maps() {
        return everywhere((db, scans) -> {
            db.execute(
                    "UPDATE notes SET body = 'one' WHERE id = 600",
                    "VACUUM FREEZE notes",
                    "SELECT pg_stat_reset_single_table_counters('notes'::regclass)");
            scans.scan();
            db.execute("UPDATE notes SET body = 'two' WHERE id = 601", "SELECT pg_stat_reset()", "VACUUM FREEZE notes");
            scans.scan();
            db.execute("SET track_counts = off", "UPDATE notes SET body = 'three' WHERE id = 602", "VACUUM FREEZE notes");
            scans.scan();
            db.execute("UPDATE notes SET body = 'four' WHERE id = 603", "SELECT pg_truncate_visibility_map('notes')");
            assertThat(scans.scan()).isInstanceOf(Reading.Everything.class);
            db.execute("VACUUM notes");
            assertThat(scans.scan()).isInstanceOf(Reading.class);
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_of_a_table_that_is_rewritten_are_read() {
        return everywhere((db, scans) -> {
            List<String> rewrites =
                    List.of("VACUUM FULL notes", "CLUSTER notes USING notes_pkey", "ALTER TABLE notes ALTER id TYPE bigint");
            for (String rewrite : rewrites) {
                db.execute("UPDATE notes SET body = body || 'y' WHERE id = 9", rewrite, "VACUUM FREEZE notes");
                assertThat(scans.scan()).isInstanceOf(Reading.Everything.class);
                vacuumUntil(db, () -> isMarked(db, "id = 9"));
                assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> large_values_that_change_are_read() {
        return everywhere((db, scans) -> {
            db.execute("ALTER TABLE notes ALTER body SET STORAGE EXTERNAL");
            db.execute("UPDATE notes SET body = repeat('toasted', 2000) WHERE id IN (5, 4000)");
            scans.scan();
            db.execute("VACUUM FREEZE notes");
            scans.scan();
            db.execute("UPDATE notes SET body = repeat('TOASTED', 2000) WHERE id IN (5, 4000)", "VACUUM FREEZE notes");
            assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
        });
    }

    @TestFactory
    Stream<DynamicTest> rows_that_are_only_locked_hide_nothing() {
        return everywhere((db, scans) -> {
            db.execute("SELECT FROM notes WHERE id < 100 FOR UPDATE");
            scans.scan();
            db.execute("UPDATE notes SET body = 'changed' WHERE id = 50", "SELECT FROM notes WHERE id < 100 FOR SHARE");
            db.execute("VACUUM FREEZE notes");
            assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
        });
    }

    /// Begins a VACUUM FREEZE that waits at the page of a row for a cursor, which `pinning` opens and its ROLLBACK closes. What lies
    /// before that page is frozen when this returns, or soon after.
    private static CompletableFuture<Void> heldUp(TestDatabase db, Connection pinning, String row) throws SQLException {
        try (Statement statement = pinning.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off");
            statement.execute("DECLARE pin CURSOR FOR SELECT * FROM notes WHERE " + row);
            statement.execute("FETCH pin");
        }
        Connection session = db.session();
        CompletableFuture<Void> vacuum = CompletableFuture.runAsync(() -> {
            try (Statement statement = session.createStatement()) {
                statement.execute("VACUUM FREEZE notes");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        Eventually.within(
                SOON,
                "the vacuum waits for the cursor, or is done",
                () -> vacuum.isDone()
                        || db.value("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'BufferPin')").equals("t"));
        return vacuum;
    }

    /// Vacuums until something is so: the session of the last scan may take a moment to end, and holds vacuum back until then. Few dead
    /// rows are left lying without INDEX_CLEANUP.
    private static void vacuumUntil(TestDatabase db, Eventually.Condition so) {
        Eventually.within(SOON, "the vacuum reaches what it should", () -> {
            db.execute("VACUUM (FREEZE, INDEX_CLEANUP on) notes");
            return so.holds();
        });
    }

    private static String vacuums(TestDatabase db) {
        return db.value(
                "SELECT concat_ws(' ', vacuum_count, autovacuum_count, last_vacuum) FROM pg_stat_user_tables WHERE relname = 'notes'");
    }

    /// Whether the page of a row is all-visible and all-frozen.
    private static boolean isMarked(TestDatabase db, String row) {
        return db.value(
                        """
                        SELECT all_visible AND all_frozen
                        FROM notes, pg_visibility_map('notes', (ctid::text::point)[0]::bigint)
                        WHERE %s"""
                                .formatted(row))
                .equals("t");
    }

    /// Empties the table and loads rows, all in one transaction, as COPY FREEZE asks for.
    private static void loadFrozen(TestDatabase db, int from, int to) throws SQLException {
        try (Connection session = db.session();
                Statement statement = session.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("TRUNCATE notes");
            StringBuilder rows = new StringBuilder();
            for (int id = from; id <= to; id++) {
                rows.append(id).append("\tloaded ").append("x".repeat(100)).append('\n');
            }
            session.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY notes FROM STDIN (FREEZE)", new StringReader(rows.toString()));
            statement.execute("COMMIT");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
