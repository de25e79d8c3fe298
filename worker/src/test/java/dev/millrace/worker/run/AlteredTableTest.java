package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.run.RunEvent;
import dev.millrace.testkit.postgres.OnVersions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import java.nio.file.Path;
import java.util.List;

/// Tables that are altered while they are followed: over several runs up to now, with rows before, between and after, and without any.
class AlteredTableTest {

    @TempDir
    Path folder;

    private Followed plain() {
        Followed db = Followed.after(
                folder,
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 20) i",
                "CREATE TABLE log (a int, b text)",
                "ALTER TABLE log REPLICA IDENTITY FULL",
                "INSERT INTO log SELECT i % 5, 'b' || i % 3 FROM generate_series(1, 20) i");
        db.assertEqual();
        return db;
    }

    @Test
    void a_column_without_a_default_is_null_in_older_rows() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ADD n int", "UPDATE t SET n = 1 WHERE id < 3", "ALTER TABLE log ADD n int", "DELETE FROM log WHERE a = 1");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void what_is_altered_in_place_is_told_once_for_each_column() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ADD n int, ADD m text", "INSERT INTO t (id) VALUES (50)", "ALTER TABLE log ADD n int");
            db.assertEqual();
            assertThat(altered(db)).containsExactlyInAnyOrder("log ADDED n n", "t ADDED m m", "t ADDED n n");
            db.source("ALTER TABLE t RENAME n TO number", "INSERT INTO t (id) VALUES (51)", "ALTER TABLE t DROP m", "ALTER TABLE t ALTER v TYPE varchar");
            db.assertEqual();
            assertThat(altered(db)).contains("t RENAMED number n", "t DROPPED m m", "t RETYPED v v").doesNotHaveDuplicates();
            db.source("UPDATE t SET number = 1 WHERE id < 4");
            db.assertEqual();
            assertThat(altered(db)).isEmpty();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    private static List<String> altered(Followed db) {
        return db.told(RunEvent.TableAltered.class).stream()
                .flatMap(event -> event.changes().stream().map(change -> "%s %s %s %s".formatted(event.table().table(), change.kind(), change.column(), change.was())))
                .toList();
    }

    @Test
    void a_constant_default_is_filled_into_older_rows_in_place() {
        try (Followed db = plain()) {
            db.source(
                    "DELETE FROM t WHERE id = 20",
                    "ALTER TABLE t ADD n numeric DEFAULT 7.25, ADD d date DEFAULT '2024-02-29', ADD j jsonb DEFAULT '{\"a\": [1, \"ü\"]}',"
                            + " ADD a text[] DEFAULT '{\"x y\",NULL,\"{\"}', ADD s text DEFAULT E'it''s \\\\ here', ADD b bytea DEFAULT '\\x00ff',"
                            + " ADD z timestamptz DEFAULT 'infinity', ADD e text DEFAULT ''",
                    "UPDATE t SET n = 8, s = NULL WHERE id = 3",
                    "INSERT INTO t (id, n) VALUES (30, NULL)",
                    "ALTER TABLE log ADD n int DEFAULT 5",
                    "UPDATE log SET n = 6 WHERE a = 2",
                    "DELETE FROM log WHERE a = 3");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void a_default_is_filled_in_where_no_row_changes_afterwards() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ADD n int DEFAULT 7", "ALTER TABLE log ADD m text DEFAULT 'm', ADD o text");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            db.source("UPDATE t SET v = 'w' WHERE id = 4");
            db.assertEqual();
        }
    }

    @Test
    void a_default_that_is_dropped_later_was_still_that_of_older_rows() {
        try (Followed db = plain()) {
            db.source(
                    "ALTER TABLE t ADD n int DEFAULT 7",
                    "ALTER TABLE t ALTER n SET DEFAULT 9",
                    "INSERT INTO t (id) VALUES (40)",
                    "ALTER TABLE t ALTER n DROP DEFAULT",
                    "INSERT INTO t (id) VALUES (41)");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void a_default_that_gives_each_row_another_value_has_the_table_copied_again() {
        try (Followed db = plain()) {
            db.source(
                    "UPDATE t SET v = 'before' WHERE id = 1",
                    "ALTER TABLE t ADD r float8 DEFAULT random(), ADD s bigserial, ADD i int GENERATED ALWAYS AS IDENTITY",
                    "UPDATE t SET v = 'after' WHERE id = 2",
                    "ALTER TABLE log ADD at timestamptz DEFAULT clock_timestamp()");
            db.assertEqual();
            assertThat(db.begunAnew()).containsOnlyKeys("t", "log");
            db.source("UPDATE t SET r = 0 WHERE id = 1", "DELETE FROM log WHERE a = 2");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void now_as_a_default_is_one_value_for_all_older_rows() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ADD made timestamptz DEFAULT now()", "UPDATE t SET made = NULL WHERE id = 1");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void a_dropped_column_stays_and_is_null_from_then_on() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t DROP v", "INSERT INTO t VALUES (50)", "ALTER TABLE log DROP b", "DELETE FROM log WHERE a = 4");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            assertThat(db.copy("SELECT v FROM t_public.t WHERE id IN (7, 50) ORDER BY id")).containsExactly("v7", "null");
        }
    }

    @Test
    void a_renamed_column_is_renamed_with_its_values() {
        try (Followed db = plain()) {
            db.source(
                    "UPDATE t SET v = 'x' WHERE id = 1",
                    "ALTER TABLE t RENAME v TO w",
                    "UPDATE t SET w = 'y' WHERE id = 2",
                    "ALTER TABLE log RENAME a TO \"A b\"",
                    "DELETE FROM log WHERE \"A b\" = 2");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            db.source("ALTER TABLE t RENAME id TO v", "DELETE FROM t WHERE v = 3", "UPDATE t SET w = 'z' WHERE v = 4");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Tag("long")
    @Test
    void columns_that_change_names_with_each_other_are_told_by_their_numbers() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ADD w text DEFAULT 'w'");
            db.assertEqual();
            db.source("ALTER TABLE t RENAME v TO x", "ALTER TABLE t RENAME w TO v", "ALTER TABLE t RENAME x TO w");
            db.assertEqual();
            db.source("ALTER TABLE t RENAME v TO \"V\"", "UPDATE t SET \"V\" = 'big' WHERE id = 5");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void a_column_that_takes_the_name_of_one_dropped_before_has_its_own_values() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ADD w text DEFAULT 'w'");
            db.assertEqual();
            db.source("ALTER TABLE t DROP v", "DELETE FROM t WHERE id = 1");
            db.assertEqual();
            db.source("ALTER TABLE t RENAME w TO v", "UPDATE t SET v = 'u' WHERE id = 2");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void a_column_dropped_and_added_again_under_its_name_is_another_column() {
        try (Followed db = plain()) {
            db.source(
                    "UPDATE t SET v = 'old' WHERE id = 1",
                    "ALTER TABLE t DROP v, ADD v text DEFAULT 'new'",
                    "ALTER TABLE log DROP b",
                    "ALTER TABLE log ADD b text");
            db.assertEqual();
            assertThat(db.begunAnew()).containsOnlyKeys("t", "log");
        }
    }

    @Tag("long")
    @Test
    void a_column_dropped_in_one_run_and_added_again_in_the_next_is_another_column() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t DROP v");
            db.assertEqual();
            db.source("ALTER TABLE t ADD v text", "UPDATE t SET v = 'new' WHERE id = 3");
            db.assertEqual();
            db.source("ALTER TABLE t DROP v");
            db.assertEqual();
            db.source("ALTER TABLE t ADD v int DEFAULT 4");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void a_column_that_was_added_dropped_and_added_between_two_runs_has_the_last_ones_values() {
        try (Followed db = plain()) {
            db.source(
                    "ALTER TABLE t ADD n int DEFAULT 1",
                    "UPDATE t SET n = 5 WHERE id = 5",
                    "ALTER TABLE t DROP n",
                    "ALTER TABLE t ADD n int DEFAULT 2");
            db.assertEqual();
        }
    }

    @Test
    void a_widened_column_is_widened_and_no_value_is_lost() {
        try (Followed db = plain()) {
            db.source(
                    "ALTER TABLE t ADD n smallint DEFAULT 3, ADD f real DEFAULT 0.1, ADD c varchar(3) DEFAULT 'abc', ADD p numeric(4,1) DEFAULT 1.5");
            db.assertEqual();
            db.source(
                    "ALTER TABLE t ALTER n TYPE bigint, ALTER f TYPE float8, ALTER c TYPE text, ALTER p TYPE numeric(40,20)",
                    "UPDATE t SET n = 9000000000, f = 0.1, c = repeat('x', 100), p = 1e19 + 0.12345678901234567891 WHERE id = 3");
            db.assertEqual();
            db.source("ALTER TABLE t ALTER c TYPE varchar(200)", "ALTER TABLE t ALTER c TYPE varchar(300)");
            db.assertEqual();
        }
    }

    @Tag("long")
    @Test
    void a_narrowed_column_holds_what_the_source_holds() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ADD n bigint DEFAULT 9000000000");
            db.assertEqual();
            db.source("ALTER TABLE t ALTER n TYPE smallint USING n % 1000", "UPDATE t SET n = 1 WHERE id = 1");
            db.assertEqual();
            db.source("ALTER TABLE t ALTER v TYPE varchar(2) USING left(v, 2)");
            db.assertEqual();
        }
    }

    @Tag("long")
    @Test
    void values_that_an_alter_computes_anew_arrive_though_the_type_stays() {
        try (Followed db = plain()) {
            db.source("ALTER TABLE t ALTER v TYPE text USING upper(v)", "ALTER TABLE log ALTER a TYPE int USING a * 10");
            db.assertEqual();
            assertThat(db.begunAnew()).containsOnlyKeys("t", "log");
        }
    }

    /// The log still speaks of a type that the catalogue does not know any more: its values come as text.
    @Test
    void a_type_that_is_gone_by_the_time_its_rows_are_read_loses_no_row() {
        try (Followed db = plain()) {
            db.source(
                    "CREATE TYPE mood AS ENUM ('calm', 'stormy')",
                    "CREATE TYPE pair AS (a int, b text)",
                    "ALTER TABLE t ADD m mood, ADD p pair",
                    "INSERT INTO t VALUES (70, 'x', 'calm', '(1,one)'), (71, 'y', 'stormy', NULL)",
                    "ALTER TABLE t DROP m, DROP p",
                    "DROP TYPE mood, pair",
                    "INSERT INTO t VALUES (72, 'z')");
            db.assertEqual();
            assertThat(db.copy("SELECT m, p FROM t_public.t WHERE id IN (70, 71) ORDER BY id"))
                    .containsExactly("calm,(1,one)", "stormy,null");
        }
    }

    @Test
    void a_key_that_changes_has_the_table_copied_again() {
        try (Followed db = plain()) {
            db.source("DELETE FROM t WHERE id = 9");
            db.assertEqual();
            db.source("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (v)", "UPDATE t SET id = 1", "INSERT INTO t VALUES (1, 'v9')");
            db.assertEqual();
            db.source("ALTER TABLE t DROP CONSTRAINT t_pkey", "ALTER TABLE t REPLICA IDENTITY FULL", "INSERT INTO t VALUES (1, 'v1'), (1, 'v1')");
            db.assertEqual();
            db.source("DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t)", "ALTER TABLE log ADD id serial PRIMARY KEY", "DELETE FROM log WHERE id = 3");
            db.assertEqual();
        }
    }

    @Test
    void a_table_dropped_and_made_again_is_another_table() {
        try (Followed db = plain()) {
            db.source(
                    "UPDATE t SET v = 'last' WHERE id = 1",
                    "DROP TABLE t",
                    "CREATE TABLE t (id int PRIMARY KEY, v text)",
                    "INSERT INTO t VALUES (1, 'first'), (100, 'hundred')",
                    "DROP TABLE log",
                    "CREATE TABLE log (a int PRIMARY KEY, b text)");
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.t WHERE NOT _millrace_deleted")).containsExactly("2");
            assertThat(db.begunAnew()).containsOnlyKeys("t", "log");
        }
    }

    @Test
    void a_renamed_table_is_a_new_table() {
        try (Followed db = plain()) {
            db.source("UPDATE t SET v = 'x' WHERE id = 1", "ALTER TABLE t RENAME TO u", "INSERT INTO u VALUES (60, 'u')");
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.t")).containsExactly("20");
            assertThat(db.copy("SELECT count(*) FROM t_public.u")).containsExactly("21");
        }
    }

    @Test
    void new_tables_are_copied_and_a_dropped_one_stays_as_it_was() {
        try (Followed db = plain()) {
            db.source("CREATE TABLE n (id int PRIMARY KEY)", "INSERT INTO n VALUES (1)", "CREATE TABLE empty (id int PRIMARY KEY)", "DROP TABLE log");
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.log")).containsExactly("20");
        }
    }

    @Test
    void a_rewrite_without_a_change_of_values_changes_nothing() {
        try (Followed db = plain()) {
            db.source("UPDATE t SET v = 'a' WHERE id = 1", "VACUUM FULL t", "CLUSTER t USING t_pkey", "UPDATE t SET v = 'b' WHERE id = 2");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void many_changes_of_shape_between_two_runs_end_as_at_the_source() {
        try (Followed db = plain()) {
            db.source(
                    "INSERT INTO t VALUES (61, 'a')",
                    "ALTER TABLE t ADD a int",
                    "INSERT INTO t VALUES (62, 'b', 1)",
                    "ALTER TABLE t RENAME a TO b",
                    "INSERT INTO t VALUES (63, 'c', 2)",
                    "ALTER TABLE t ADD c text DEFAULT 'c'",
                    "INSERT INTO t VALUES (64, 'd', 3, 'd')",
                    "ALTER TABLE t DROP v",
                    "UPDATE t SET c = 'e' WHERE id = 62",
                    "ALTER TABLE t RENAME c TO v",
                    "DELETE FROM t WHERE id = 63",
                    "TRUNCATE log",
                    "ALTER TABLE log ADD c int DEFAULT 1",
                    "INSERT INTO log VALUES (1, 'b', 2)");
            db.assertEqual();
        }
    }

    @Tag("long")
    @OnVersions({11, 13, 18})
    void columns_come_and_go_on_other_versions_too(int version) {
        try (Followed db = Followed.after(
                version, folder, "CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')")) {
            db.assertEqual();
            db.source("ALTER TABLE t ADD n int DEFAULT 7, ADD s text DEFAULT 's'", "UPDATE t SET n = 8 WHERE id = 1");
            db.assertEqual();
            db.source("ALTER TABLE t RENAME n TO m", "ALTER TABLE t ADD r float8 DEFAULT random()", "ALTER TABLE t DROP v");
            db.assertEqual();
        }
    }
}
