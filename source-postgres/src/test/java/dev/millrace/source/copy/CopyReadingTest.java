package dev.millrace.source.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.run.Limits;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CopyReadingTest {

    private static final TableName NOTES = new TableName("public", "notes");

    @TestFactory
    Stream<DynamicTest> ranges_read_every_row_once_on_every_version() {
        return TestPostgres.chosen(TestPostgres.VERSIONS).stream()
                .map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> readsEveryRowOnce(version)));
    }

    private static void readsEveryRowOnce(int version) {
        try (TestDatabase db = TestPostgres.version(version).newDatabase()) {
            db.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, body text)",
                    "INSERT INTO notes SELECT i, repeat('x', i % 500) FROM generate_series(1, 5000) i",
                    "DELETE FROM notes WHERE id % 7 = 0",
                    "CREATE PUBLICATION pub FOR TABLE notes");
            try (PostgresSource source = source(db, 10)) {
                Catalog.Followed table = source.find(NOTES).orElseThrow();
                CopyPlan plan = source.plan(table);
                assertThat(plan.ranges().size()).isBetween(version >= 14 ? 6 : 4, version >= 14 ? 1_000 : 4);
                assertThat(ids(source, plan))
                        .hasSameElementsAs(db.query("SELECT id FROM notes").stream()
                                .map(row -> Integer.valueOf(String.valueOf(row.getFirst())))
                                .toList())
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void a_row_added_behind_the_planned_blocks_is_read() {
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            db.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, body text)",
                    "INSERT INTO notes SELECT i, repeat('x', 500) FROM generate_series(1, 100) i",
                    "CREATE PUBLICATION pub FOR TABLE notes");
            try (PostgresSource source = source(db, 2)) {
                CopyPlan plan = source.plan(source.find(NOTES).orElseThrow());
                db.execute("INSERT INTO notes SELECT i, repeat('x', 500) FROM generate_series(101, 1000) i");
                assertThat(ids(source, plan)).hasSize(1000);
            }
        }
    }

    @Test
    void sessions_that_join_see_what_the_first_saw() {
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            db.execute("CREATE TABLE notes (id int PRIMARY KEY)", "INSERT INTO notes VALUES (1)", "CREATE PUBLICATION pub FOR TABLE notes");
            try (PostgresSource source = source(db, 2);
                    CopySession first = source.openCopySession();
                    CopySession second = source.openCopySession()) {
                CopyPlan plan = source.plan(source.find(NOTES).orElseThrow());
                CopySession.Shared shared = first.begin();
                db.execute("INSERT INTO notes VALUES (2)");
                assertThat(second.join(shared)).isTrue();
                assertThat(ids(second.read(plan, plan.ranges().getFirst()))).containsExactly(1);
                second.end();
                first.end();
                assertThat(second.join(shared)).isFalse();
            }
        }
    }

    @Test
    void a_plan_does_not_hold_after_the_table_was_altered_or_rewritten() {
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            db.execute("CREATE TABLE notes (id int PRIMARY KEY)", "CREATE PUBLICATION pub FOR TABLE notes");
            try (PostgresSource source = source(db, 2)) {
                CopyPlan plan = source.plan(source.find(NOTES).orElseThrow());
                assertThat(source.stillHolds(plan)).isTrue();
                db.execute("ALTER TABLE notes ADD COLUMN body text");
                assertThat(source.stillHolds(plan)).isFalse();
                CopyPlan second = source.plan(source.find(NOTES).orElseThrow());
                db.execute("TRUNCATE notes");
                assertThat(source.stillHolds(second)).isFalse();
            }
        }
    }

    @Test
    void a_table_that_is_altered_between_the_snapshot_and_its_lock_does_not_hold() {
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            db.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, body text)",
                    "INSERT INTO notes VALUES (1, 'a')",
                    "CREATE PUBLICATION pub FOR ALL TABLES");
            try (PostgresSource source = source(db, 2)) {
                for (String change : List.of("RENAME body TO text", "DROP text", "ALTER id TYPE bigint", "RENAME TO others")) {
                    CopyPlan plan = source.plan(source.find(NOTES).orElseThrow());
                    try (CopySession session = source.openCopySession()) {
                        session.begin();
                        db.execute("ALTER TABLE notes " + change);
                        assertThat(session.holds(plan)).as(change).isFalse();
                        session.end();
                    }
                }
            }
        }
    }

    @Test
    void partitions_are_read_one_by_one_also_where_only_the_root_may_be_read() {
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            db.createUser("reader", "secret", "");
            db.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, body text) PARTITION BY RANGE (id)",
                    "CREATE TABLE notes_low PARTITION OF notes FOR VALUES FROM (0) TO (50)",
                    "CREATE TABLE notes_high (body text, id int NOT NULL)",
                    "ALTER TABLE notes ATTACH PARTITION notes_high FOR VALUES FROM (50) TO (200)",
                    "INSERT INTO notes SELECT i, 'n' || i FROM generate_series(0, 150) i",
                    "GRANT USAGE ON SCHEMA public TO reader",
                    "GRANT SELECT ON notes TO reader",
                    "CREATE PUBLICATION pub FOR TABLE notes WITH (publish_via_partition_root = true)");
            try (PostgresSource source = source(db, "reader", "secret", 2)) {
                CopyPlan plan = source.plan(source.find(NOTES).orElseThrow());
                assertThat(plan.ranges()).hasSizeGreaterThanOrEqualTo(2);
                assertThat(ids(source, plan)).hasSize(151).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void tables_that_cannot_be_followed_are_left_out_with_a_remedy() {
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            db.createUser("reader", "secret", "");
            db.execute(
                    "CREATE TABLE notes (id int PRIMARY KEY, secret text)",
                    "CREATE TABLE hidden (id int PRIMARY KEY)",
                    "CREATE TABLE keyless (id int)",
                    "GRANT USAGE ON SCHEMA public TO reader",
                    "GRANT SELECT (id) ON notes TO reader",
                    "GRANT SELECT ON keyless TO reader",
                    "CREATE PUBLICATION pub FOR ALL TABLES");
            try (PostgresSource source = source(db, "reader", "secret", 2)) {
                Catalog catalog = source.catalog();
                assertThat(catalog.followed()).singleElement().satisfies(table -> {
                    assertThat(table.table()).isEqualTo(NOTES);
                    assertThat(table.shape().columns()).singleElement().satisfies(column -> assertThat(column.name()).isEqualTo("id"));
                    assertThat(table.warnings()).anySatisfy(warning -> assertThat(warning).contains("secret"));
                });
                assertThat(catalog.leftOut())
                        .anySatisfy(table -> {
                            assertThat(table.table().table()).isEqualTo("hidden");
                            assertThat(table.remedy()).contains("GRANT SELECT ON \"public\".\"hidden\"");
                        })
                        .anySatisfy(table -> {
                            assertThat(table.table().table()).isEqualTo("keyless");
                            assertThat(table.remedy()).contains("REPLICA IDENTITY FULL");
                        });
            }
        }
    }

    private static List<Integer> ids(PostgresSource source, CopyPlan plan) {
        List<Integer> ids = new ArrayList<>();
        try (CopySession session = source.openCopySession()) {
            session.begin();
            assertThat(session.holds(plan)).isTrue();
            for (CopyRange range : plan.ranges()) {
                ids.addAll(ids(session.read(plan, range)));
            }
            session.end();
        }
        return ids;
    }

    private static List<Integer> ids(CopyRows rows) {
        List<Integer> ids = new ArrayList<>();
        Tuple tuple = new Tuple();
        for (byte[] row = rows.next(); row != null; row = rows.next()) {
            assertThat(tuple.readCopied(row, 0)).isEqualTo(row.length);
            ids.add(Tuple.int32(row, tuple.offset(0)));
        }
        return ids;
    }

    private static PostgresSource source(TestDatabase db, long rangeBlocks) {
        return source(db, db.user(), db.password(), rangeBlocks);
    }

    private static PostgresSource source(TestDatabase db, String user, String password, long rangeBlocks) {
        Limits limits = new Limits(1 << 20, Duration.ofSeconds(1), 1, 3, rangeBlocks, Duration.ofSeconds(10), 1 << 20, 1_000);
        return new PostgresSource(
                new PostgresEndpoint(db.host(), db.port(), db.name(), user, Secret.of(password), Map.of()),
                new PostgresSourceSettings(new Following.Log("no_slot", "pub"), Selection.everything(), Salt.random(), Path.of("target/spool"), limits));
    }
}
