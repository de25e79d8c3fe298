package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.testkit.Seed;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tables of which only some rows are copied: rows that come into the filter and leave it, in every mode, with and without old rows in the log.
///
/// `verify` compares with what PostgreSQL says of the same filter.
class RowFilterTest {

    private static final String EU =
            "{tables: {orders: {row_filter: [{column: region, operator: EQUALS, value: EU}, {column: deleted_at, operator: IS_NULL}]}}}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Followed orders(String... more) {
        Followed db = Followed.after(
                folder,
                "CREATE TABLE orders (id int PRIMARY KEY, region text, deleted_at timestamptz, note text, big text)",
                "ALTER TABLE orders ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO orders SELECT i, CASE i % 3 WHEN 0 THEN 'EU' WHEN 1 THEN 'US' END, NULL, 'n', repeat('x', 9000) FROM generate_series(1, 12) i");
        db.source(more);
        return db.choosing(EU);
    }

    private static final String[] TRAFFIC = {
        "INSERT INTO orders VALUES (21, 'EU', NULL, 'in', 'b'), (22, 'US', NULL, 'out', 'b'), (23, NULL, NULL, 'out', 'b')",
        "UPDATE orders SET region = 'US' WHERE id = 3",
        "UPDATE orders SET region = 'EU', big = 'small' WHERE id = 4",
        "UPDATE orders SET note = 'stays' WHERE id = 6",
        "UPDATE orders SET note = 'outside' WHERE id = 7",
        "UPDATE orders SET deleted_at = now() WHERE id = 9",
        "UPDATE orders SET id = 120 WHERE id = 12",
        "DELETE FROM orders WHERE id IN (21, 22)",
        "INSERT INTO orders VALUES (21, 'EU', NULL, 'again', 'b')",
        "UPDATE orders SET id = 220, region = NULL WHERE id = 21",
        "UPDATE orders SET id = 221, region = 'EU' WHERE id = 23"
    };

    @ParameterizedTest
    @ValueSource(strings = {"", "orders=LIVE", "orders=HISTORY"})
    void rows_come_and_go_by_their_key_alone(String modes) {
        try (Followed db = orders().withModes(modes)) {
            db.choosing(EU).assertEqual();
            assertThat(db.copy("SELECT id FROM t_public.orders ORDER BY id")).containsExactly("3", "6", "9", "12");
            db.source(TRAFFIC);
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            String live = modes.isEmpty() ? "NOT _millrace_deleted" : modes.contains("LIVE") ? "true" : "_millrace_active";
            assertThat(db.copy("SELECT id, note, length(big) FROM t_public.orders WHERE %s ORDER BY id".formatted(live)))
                    .containsExactly("4,n,5", "6,stays,9000", "120,n,9000", "221,out,1");
            if (modes.isEmpty()) {
                assertThat(db.copy("SELECT id, region FROM t_public.orders WHERE _millrace_deleted ORDER BY id"))
                        .as("with the values of when they were inside")
                        .containsExactly("3,EU", "9,EU", "12,EU", "21,EU");
            }
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"", "orders=LIVE", "orders=HISTORY"})
    void rows_come_and_go_by_their_old_values(String modes) {
        try (Followed db = orders("ALTER TABLE orders REPLICA IDENTITY FULL").withModes(modes)) {
            db.choosing(EU).assertEqual();
            db.source(TRAFFIC);
            db.source("UPDATE orders SET region = 'EU' WHERE id = 5", "UPDATE orders SET note = 'm' WHERE id = 5");
            db.assertEqual();
            assertThat(db.begunAnew()).as("the old row has the large value").isEmpty();
            assertThat(db.copy("SELECT DISTINCT length(big) FROM t_public.orders WHERE id = 5")).containsExactly("9000");
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"", "orders=LIVE", "orders=HISTORY"})
    void rows_without_a_key_come_and_go_by_their_old_values(String modes) {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE orders (id int, region text, deleted_at timestamptz, note text, big text)",
                        "ALTER TABLE orders REPLICA IDENTITY FULL",
                        "ALTER TABLE orders ALTER big SET STORAGE EXTERNAL",
                        "INSERT INTO orders SELECT i % 5, CASE i % 3 WHEN 0 THEN 'EU' ELSE 'US' END, NULL, 'n', repeat('x', 9000) FROM generate_series(1, 30) i")
                .withModes(modes)) {
            db.choosing(EU).assertEqual();
            db.source(TRAFFIC);
            db.source("UPDATE orders SET region = 'EU' WHERE id = 1", "DELETE FROM orders WHERE id = 2", "TRUNCATE orders", TRAFFIC[0]);
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders=LIVE", "orders=HISTORY"})
    void a_row_that_comes_in_with_a_value_that_the_log_does_not_carry_has_the_table_copied_again(String modes) {
        try (Followed db = orders().withModes(modes)) {
            db.choosing(EU).assertEqual();
            db.source("UPDATE orders SET region = 'EU' WHERE id = 4");
            db.assertEqual();
            assertThat(db.begunAnew().get("orders")).contains("A row came into its row filter").contains("REPLICA IDENTITY FULL");
            String live = modes.isEmpty() ? "NOT _millrace_deleted" : modes.contains("LIVE") ? "true" : "_millrace_active";
            assertThat(db.copy("SELECT length(big) FROM t_public.orders WHERE id = 4 AND " + live)).containsExactly("9000");
            db.sync();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"", "orders=LIVE", "orders=HISTORY"})
    void what_changed_while_a_row_was_outside_is_not_what_it_has_when_it_comes_back(String modes) {
        try (Followed db = orders().withModes(modes)) {
            db.choosing(EU).assertEqual();
            // In one batch, and in three.
            db.source(
                    "UPDATE orders SET region = 'US' WHERE id = 3",
                    "UPDATE orders SET big = repeat('y', 9000) WHERE id = 3",
                    "UPDATE orders SET region = 'EU' WHERE id = 3");
            db.assertEqual();
            db.source("UPDATE orders SET region = 'US' WHERE id = 6");
            db.sync();
            db.source("UPDATE orders SET big = repeat('z', 9000) WHERE id = 6");
            db.sync();
            db.source("UPDATE orders SET region = 'EU' WHERE id = 6");
            db.assertEqual();
            String live = modes.isEmpty() ? "NOT _millrace_deleted" : modes.contains("LIVE") ? "true" : "_millrace_active";
            assertThat(db.copy("SELECT id, left(big, 2) FROM t_public.orders WHERE id IN (3, 6) AND %s ORDER BY id".formatted(live)))
                    .containsExactly("3,yy", "6,zz");
        }
    }

    @Test
    void a_filter_on_a_large_value_that_the_log_leaves_out_has_the_table_copied_again() {
        String big = "{tables: {orders: {row_filter: [{column: big, operator: GREATER_THAN, value: y}]}}}";
        try (Followed db = orders()) {
            db.choosing(big).assertEqual();
            db.source("UPDATE orders SET big = repeat('z', 9000) WHERE id = 1");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            db.source("UPDATE orders SET note = 'm' WHERE id IN (1, 2)");
            db.sync();
            db.assertCompared();
            assertThat(db.copy("SELECT id, note FROM t_public.orders WHERE NOT _millrace_deleted")).containsExactly("1,m");
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"", "orders=LIVE", "orders=HISTORY"})
    void a_filter_that_changes_has_the_table_copied_again(String modes) {
        try (Followed db = orders().withModes(modes)) {
            db.choosing("").assertEqual();
            db.choosing(EU).sync();
            assertThat(db.begunAnew()).containsEntry("orders", "Its row filter was changed.");
            db.assertCompared();
            db.choosing("{tables: {orders: {row_filter: [{column: region, operator: IN, value: [EU, US]}]}}}").assertEqual();
            db.sync();
            assertThat(db.begunAnew()).isEmpty();
            db.choosing("").sync();
            assertThat(db.begunAnew()).containsEntry("orders", "Its row filter was changed.");
            db.assertCompared();
        }
    }

    @Test
    void a_filtered_column_that_is_renamed_or_dropped_is_a_fault_until_the_settings_follow() {
        try (Followed db = orders()) {
            db.assertEqual();
            db.source("INSERT INTO orders VALUES (30, 'EU', NULL, 'before', '')", "ALTER TABLE orders RENAME region TO area");
            db.source("INSERT INTO orders VALUES (31, 'EU', NULL, 'after', ''), (32, 'US', NULL, 'after', '')");
            assertThatThrownBy(db::sync).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.SETTINGS_INVALID);
                assertThat(fault.subject()).isEqualTo("public.orders");
                assertThat(fault.getMessage()).contains("names column region");
                assertThat(fault.remedy()).contains("row_filter");
            });
            db.choosing("{tables: {orders: {row_filter: [{column: area, operator: EQUALS, value: EU}]}}}").sync();
            db.assertCompared();
            db.source("INSERT INTO orders VALUES (33, 'EU', NULL, 'late', '')", "ALTER TABLE orders ALTER area TYPE char(5)");
            db.sync();
            db.assertCompared();
            db.source("INSERT INTO orders VALUES (34, 'EU', NULL, 'later', '')", "ALTER TABLE orders ALTER area TYPE json USING to_json(area)");
            assertThatThrownBy(db::sync).hasMessageContaining("EQUALS of column area, which is of type json");
        }
    }

    @Test
    void values_that_mean_nothing_are_refused_without_being_repeated() {
        try (Followed db = orders()) {
            for (String condition : List.of(
                    "column: id, operator: EQUALS, value: x1x",
                    "column: deleted_at, operator: LESS_THAN, value: yesterday",
                    "column: deleted_at, operator: LESS_THAN, value: '2026-02-31'")) {
                db.choosing("{tables: {orders: {row_filter: [{%s}]}}}".formatted(condition));
                assertThatThrownBy(db::sync)
                        .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.SETTINGS_INVALID))
                        .hasMessageContaining("a value that is none of its type")
                        .hasMessageNotContaining("x1x")
                        .hasMessageNotContaining("02-31");
            }
        }
    }

    @Test
    void a_publications_own_filter_and_ours_both_hold() {
        try (Followed db = Followed.published(
                        17,
                        folder,
                        "FOR TABLE orders WHERE (id > 4)",
                        "CREATE TABLE orders (id int PRIMARY KEY, region text, deleted_at date)",
                        "INSERT INTO orders SELECT i, CASE i % 2 WHEN 0 THEN 'EU' END, NULL FROM generate_series(1, 10) i")
                .choosing(EU)) {
            db.assertEqual();
            db.source("UPDATE orders SET region = 'EU' WHERE id = 5", "UPDATE orders SET region = 'US' WHERE id = 6");
            db.assertEqual();
            assertThat(db.copy("SELECT id FROM t_public.orders WHERE NOT _millrace_deleted ORDER BY id")).containsExactly("5", "8", "10");
        }
    }

    @Tag("long")
    @Test
    void a_filtered_sync_that_is_killed_again_and_again_ends_equal() throws Exception {
        Random random = Seed.forTest("filter kills").random();
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE orders (id int PRIMARY KEY, region text, deleted_at date, note text)",
                        "INSERT INTO orders SELECT i, CASE i % 3 WHEN 0 THEN 'EU' ELSE 'US' END, NULL, repeat('n', 200) FROM generate_series(1, 20000) i")
                .choosing(EU)) {
            Thread traffic = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 150; i++) {
                    db.source("UPDATE orders SET region = CASE WHEN region = 'EU' THEN 'US' ELSE 'EU' END WHERE id %% 150 = %d".formatted(i));
                }
            });
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
            int kills = SyncProcess.killAgainAndAgain(() -> db.connection, folder.resolve("sync.log"), random, 900, deadline);
            traffic.join();
            assertThat(kills).isPositive();
            db.assertEqual();
        }
    }
}
