package dev.millrace.source.frozen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GuessTest {

    private static final List<Integer> VERSIONS = List.of(14, 15, 16, 17, 18);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int ROWS = 20_000;

    @Test
    void a_set_that_has_every_page_is_confirmed_and_what_was_marked_meanwhile_is_left_out() throws SQLException {
        try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.latest().newDatabase(), ROWS)) {
            long last = blocks(db) - 1;
            assertThat(confirmed(db)).hasValue(List.of());
            db.execute("UPDATE notes SET body = repeat('y', 100) WHERE id = 1");
            assertThat(confirmed(db)).isEmpty();
            assertThat(confirmed(db, page(0))).hasValue(List.of(page(0)));
            assertThat(confirmed(db, new BlockRange(0, 5), new BlockRange(last, BlockRange.OPEN))).hasValue(List.of(page(0)));
            assertThat(confirmed(db, page(1))).isEmpty();
            db.execute("INSERT INTO notes SELECT i, repeat('z', 100) FROM generate_series(%d, %d) i".formatted(ROWS + 1, ROWS + 200));
            assertThat(confirmed(db, page(0))).isEmpty();
            assertThat(confirmed(db, page(0), new BlockRange(last, BlockRange.OPEN)).orElseThrow())
                    .hasSize(1 + (int) (blocks(db) - last));
            db.execute("VACUUM FREEZE notes");
            assertThat(confirmed(db, page(0), new BlockRange(last, BlockRange.OPEN))).hasValue(List.of());
        }
    }

    @Test
    void a_page_that_was_changed_while_another_was_marked_is_told_though_the_counts_are_the_same() throws SQLException {
        try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.latest().newDatabase(), ROWS)) {
            db.execute("UPDATE notes SET body = repeat('y', 100) WHERE id = 1", "VACUUM FREEZE notes");
            db.execute("UPDATE notes SET body = repeat('y', 100) WHERE id = %d".formatted(ROWS / 2));
            assertThat(confirmed(db, page(0))).isEmpty();
        }
    }

    @Test
    void while_the_log_grows_nothing_is_confirmed() throws SQLException {
        try (TestDatabase db = wrapped("PERFORM pg_logical_emit_message(false, 'millrace', 'grows');", "")) {
            assertThat(confirmed(db, reader(db))).isEmpty();
        }
    }

    @TestFactory
    Stream<DynamicTest> a_page_that_is_marked_for_the_counting_only_does_not_stand_in_for_another() {
        return TestPostgres.chosen(VERSIONS).stream().map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> {
            String pause = "PERFORM pg_advisory_lock(%1$d); PERFORM pg_advisory_unlock(%1$d);";
            try (TestDatabase db = wrapped(TestPostgres.version(version), pause.formatted(1), pause.formatted(2));
                    Connection session = db.session();
                    Connection holding = db.session();
                    Statement pauses = session.createStatement();
                    Statement holder = holding.createStatement()) {
                pauses.execute("SELECT pg_advisory_lock(1), pg_advisory_lock(2)");
                db.execute("UPDATE notes SET body = repeat('y', 100) WHERE id = 1");
                holder.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
                holder.execute("SELECT pg_current_snapshot()");
                db.execute("UPDATE notes SET body = repeat('y', 100) WHERE id = %d".formatted(ROWS / 2));
                CompletableFuture<Optional<List<BlockRange>>> confirmed = CompletableFuture.supplyAsync(() -> {
                    try {
                        return confirmed(db, reader(db), page(0));
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                });
                awaitPause(db, 1);
                db.execute("VACUUM (FREEZE, INDEX_CLEANUP on) notes");
                assertThat(unmarked(db)).isEqualTo("1");
                pauses.execute("SELECT pg_advisory_unlock(1)");
                awaitPause(db, 2);
                db.execute("UPDATE notes SET body = repeat('z', 100) WHERE id = 1");
                assertThat(unmarked(db)).isEqualTo("2");
                pauses.execute("SELECT pg_advisory_unlock(2)");
                assertThat(confirmed.join()).isEmpty();
            }
        }));
    }

    @Tag("long")
    @TestFactory
    Stream<DynamicTest> no_row_is_lost_whatever_is_changed_and_marked_between_looks() {
        return TestPostgres.chosen(VERSIONS).stream().map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> {
            long seed = System.nanoTime();
            Random random = new Random(seed);
            try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.version(version).newDatabase(), ROWS);
                    Scans scans = Scans.of(db)) {
                for (int round = 0; round < 60; round++) {
                    for (int deeds = random.nextInt(4); deeds > 0; deeds--) {
                        db.execute(deed(random, round));
                    }
                    assertThat(scans.scan()).as("seed %d, round %d", seed, round).isInstanceOf(Reading.class);
                }
            }
        }));
    }

    @Tag("long")
    @TestFactory
    Stream<DynamicTest> no_row_is_lost_while_others_change_and_mark_pages() {
        return TestPostgres.chosen(VERSIONS).stream().map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> {
            try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.version(version).newDatabase(), ROWS);
                    Scans scans = Scans.of(db)) {
                AtomicBoolean over = new AtomicBoolean();
                CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                    Random random = new Random(7);
                    while (!over.get()) {
                        db.execute("UPDATE notes SET body = repeat('w', 100) || clock_timestamp() WHERE id = " + (1 + random.nextInt(ROWS)));
                    }
                });
                CompletableFuture<Void> marking = CompletableFuture.runAsync(() -> {
                    while (!over.get()) {
                        db.execute("VACUUM (FREEZE, INDEX_CLEANUP on) notes");
                    }
                });
                try {
                    for (int round = 0; round < 30; round++) {
                        assertThat(scans.scan()).isInstanceOf(Reading.class);
                    }
                } finally {
                    over.set(true);
                }
                writing.join();
                marking.join();
                scans.scan();
            }
        }));
    }

    @Test
    void where_it_fails_the_map_is_read() throws SQLException {
        try (TestDatabase db = wrapped("PERFORM 1 / (length(v_table_name) - length(v_table_name));", "");
                Scans scans = Scans.of(db, "reader_" + db.name(), "pw")) {
            scans.scan();
            for (int round = 0; round < 3; round++) {
                assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
            }
        }
    }

    @Test
    void an_unlogged_table_is_looked_at_as_well() throws SQLException {
        try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.latest().newDatabase(), ROWS);
                Scans scans = Scans.of(db)) {
            db.execute("ALTER TABLE notes SET UNLOGGED", "VACUUM FREEZE notes");
            scans.scan();
            for (int round = 0; round < 3; round++) {
                db.execute("UPDATE notes SET body = 'round %d' WHERE id = %d".formatted(round, 1 + round * 5_000));
                assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
            }
        }
    }

    private static String deed(Random random, int round) {
        int id = 1 + random.nextInt(ROWS);
        return switch (random.nextInt(6)) {
            case 0 -> "VACUUM (FREEZE, INDEX_CLEANUP on) notes";
            case 1 -> "INSERT INTO notes SELECT max(id) + 1, repeat('n', 100) FROM notes";
            case 2 -> "SELECT pg_stat_reset()";
            case 3 -> "DELETE FROM notes WHERE id = " + id;
            default -> "UPDATE notes SET body = repeat('y', 80) || '%d' WHERE id = %d".formatted(round, id);
        };
    }

    /// The table, with functions for a user who may not call the extension's; something happens before the pages are counted and after.
    private static TestDatabase wrapped(String before, String after) {
        return wrapped(TestPostgres.latest(), before, after);
    }

    private static TestDatabase wrapped(TestPostgres server, String before, String after) {
        TestDatabase db = FrozenPagesTest.filled(server.newDatabase(), ROWS);
        db.createUser("reader_" + db.name(), "pw", "");
        db.execute(
                VisibilitySetup.statements("reader_" + db.name()),
                """
                CREATE OR REPLACE FUNCTION millrace.count_visible_pages(v_table_name text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
                AS 'DECLARE pages bigint;
                    BEGIN
                        %s
                        SELECT all_visible INTO pages FROM public.pg_visibility_map_summary(v_table_name::regclass);
                        %s
                        RETURN pages;
                    END'
                """
                        .formatted(before.replace("'", "''"), after.replace("'", "''")),
                "GRANT SELECT ON notes TO PUBLIC");
        return db;
    }

    private static Connection reader(TestDatabase db) throws SQLException {
        return db.session("reader_" + db.name(), "pw");
    }

    private static Optional<List<BlockRange>> confirmed(TestDatabase db, BlockRange... guess) throws SQLException {
        return confirmed(db, db.session(), guess);
    }

    private static Optional<List<BlockRange>> confirmed(TestDatabase db, Connection opened, BlockRange... guess) throws SQLException {
        try (Connection session = opened) {
            VisibilityMap map = Usability.of(session).map().orElseThrow();
            assertThat(map.confirms()).isTrue();
            session.setAutoCommit(false);
            return new Guess(List.of(guess)).confirm(session, map, Scans.NOTES, blocks(db));
        }
    }

    private static BlockRange page(long number) {
        return new BlockRange(number, number + 1);
    }

    private static long blocks(TestDatabase db) {
        return Long.parseLong(db.value("SELECT pg_relation_size('notes') / 8192"));
    }

    private static String unmarked(TestDatabase db) {
        return db.value("SELECT pg_relation_size('notes') / 8192 - all_visible FROM pg_visibility_map_summary('notes')");
    }

    private static void awaitPause(TestDatabase db, int pause) {
        Eventually.within(
                SOON,
                "the counting has come to pause " + pause,
                () -> db.value(("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %d AND NOT granted "
                                + "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))").formatted(pause))
                        .equals("t"));
    }
}
