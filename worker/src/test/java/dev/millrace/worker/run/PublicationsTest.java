package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.OnVersions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a publication offers decides what is copied, and everything that it does not is named.
class PublicationsTest {

    @TempDir
    Path folder;

    @Test
    void a_publication_of_some_tables_copies_those() {
        try (Followed db = Followed.published(
                17,
                folder,
                "FOR TABLE a, s.b",
                "CREATE SCHEMA s",
                "CREATE TABLE a (id int PRIMARY KEY)",
                "CREATE TABLE s.b (id int PRIMARY KEY)",
                "CREATE TABLE c (id int PRIMARY KEY)",
                "INSERT INTO a VALUES (1)",
                "INSERT INTO c VALUES (1)")) {
            db.assertEqual();
            db.source("INSERT INTO a VALUES (2)", "INSERT INTO s.b VALUES (1)", "INSERT INTO c VALUES (2)");
            db.assertEqual();
            db.source("ALTER PUBLICATION pub ADD TABLE c", "INSERT INTO c VALUES (3)", "DELETE FROM c WHERE id = 1");
            db.assertEqual();
            db.source("ALTER PUBLICATION pub DROP TABLE a", "INSERT INTO a VALUES (3)");
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.a")).containsExactly("2");
            db.source("ALTER PUBLICATION pub ADD TABLE a");
            db.assertEqual();
        }
    }

    @OnVersions({15, 18})
    void a_publication_of_a_schema_copies_its_tables_also_those_to_come(int version) {
        try (Followed db = Followed.published(
                version, folder, "FOR TABLES IN SCHEMA s", "CREATE SCHEMA s", "CREATE TABLE s.a (id int PRIMARY KEY)", "CREATE TABLE o (id int)",
                "INSERT INTO s.a VALUES (1)")) {
            db.assertEqual();
            db.source("CREATE TABLE s.b (id int PRIMARY KEY)", "INSERT INTO s.b VALUES (1)", "INSERT INTO s.a VALUES (2)");
            db.assertEqual();
        }
    }

    @OnVersions({15, 17})
    void row_filters_and_column_lists_hold_for_the_copy_as_for_the_log(int version) {
        try (Followed db = Followed.published(
                version,
                folder,
                "FOR TABLE t (id, region, v) WHERE (region = 'eu' AND id > 0)",
                "CREATE TABLE t (id int, secret text, region text, v text, PRIMARY KEY (id, region))",
                "INSERT INTO t SELECT i, 's', CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'us' END, 'v' FROM generate_series(-3, 6) i")) {
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.t")).containsExactly("3");
            db.source(
                    "UPDATE t SET region = 'us' WHERE id = 2",
                    "UPDATE t SET region = 'eu' WHERE id = 3",
                    "INSERT INTO t VALUES (8, 's', 'eu', 'w'), (9, 's', 'us', 'w')",
                    "DELETE FROM t WHERE id = 4",
                    "UPDATE t SET secret = 'other'");
            db.assertEqual();
            assertThat(db.copy("SELECT id FROM t_public.t WHERE NOT _millrace_deleted ORDER BY 1")).containsExactly("3", "6", "8");
        }
    }

    @Test
    void operations_that_are_left_out_are_warned_about() {
        try (Followed db = Followed.published(
                17,
                folder,
                "FOR TABLE t WITH (publish = 'insert, update')",
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')")) {
            db.sync();
            assertThat(db.warnings("t")).containsExactly("The publication leaves out deletes, truncates; the copy will not have them.");
            db.source("DELETE FROM t WHERE id = 1", "UPDATE t SET v = 'c' WHERE id = 2", "INSERT INTO t VALUES (3, 'd')");
            db.sync();
            assertThat(db.copy("SELECT id, v FROM t_public.t WHERE NOT _millrace_deleted ORDER BY id")).containsExactly("1,a", "2,c", "3,d");
        }
    }

    @Test
    void partitions_without_the_root_are_tables_of_their_own() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE p (id int, k int, v text, PRIMARY KEY (id, k)) PARTITION BY LIST (k)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)",
                "INSERT INTO p SELECT i, 1 + i % 2, 'v' FROM generate_series(1, 10) i")) {
            db.assertEqual();
            db.source("UPDATE p SET k = 2 WHERE id = 2", "CREATE TABLE p3 PARTITION OF p FOR VALUES IN (3)", "INSERT INTO p VALUES (11, 3, 'w')");
            db.assertEqual();
            db.source("ALTER TABLE p DETACH PARTITION p1", "UPDATE p1 SET v = 'detached'", "TRUNCATE p2");
            db.assertEqual();
            assertThat(db.copy("SELECT DISTINCT v FROM t_public.p1 WHERE NOT _millrace_deleted")).containsExactly("detached");
        }
    }

    @OnVersions({13, 17, 18})
    void a_partitioned_table_that_is_published_by_its_root_is_one_table(int version) {
        try (Followed db = Followed.published(
                version,
                folder,
                "FOR TABLE p WITH (publish_via_partition_root)",
                "CREATE TABLE p (id int, k int, v text, PRIMARY KEY (id, k)) PARTITION BY LIST (k)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "CREATE TABLE p2 (v text, k int NOT NULL, id int NOT NULL)",
                "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2)",
                "INSERT INTO p SELECT i, 1 + i % 2, 'v' FROM generate_series(1, 10) i")) {
            db.assertEqual();
            db.source("UPDATE p SET k = 3 - k WHERE id < 4", "UPDATE p SET v = 'w' WHERE id = 5", "DELETE FROM p WHERE id = 6");
            db.source("CREATE TABLE p3 PARTITION OF p FOR VALUES IN (3)", "INSERT INTO p VALUES (11, 3, 'new')");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            db.source("ALTER TABLE p ADD n int DEFAULT 5", "UPDATE p SET v = 'y' WHERE id = 7");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    /// Rows that come with a partition, or go with it, are in no log: the whole table would be silently stale.
    @Test
    void partitions_that_are_attached_detached_dropped_or_truncated_are_noticed() {
        try (Followed db = Followed.published(
                17,
                folder,
                "FOR TABLE p WITH (publish_via_partition_root)",
                "CREATE TABLE p (id int, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)",
                "CREATE TABLE later (id int NOT NULL, k int NOT NULL)",
                "INSERT INTO later VALUES (100, 3), (101, 3)",
                "INSERT INTO p SELECT i, 1 + i % 2 FROM generate_series(1, 10) i")) {
            db.assertEqual();
            db.source("ALTER TABLE p ATTACH PARTITION later FOR VALUES IN (3)", "INSERT INTO p VALUES (102, 3)");
            db.assertEqual();
            assertThat(db.begunAnew()).containsOnlyKeys("p");
            db.source("ALTER TABLE p DETACH PARTITION p1");
            db.assertEqual();
            db.source("TRUNCATE p2", "INSERT INTO p VALUES (200, 2)");
            db.assertEqual();
            db.source("DROP TABLE later");
            db.assertEqual();
            assertThat(db.copy("SELECT id FROM t_public.p WHERE NOT _millrace_deleted")).containsExactly("200");
        }
    }

    @Test
    void a_sub_partition_that_comes_with_rows_is_noticed() {
        try (Followed db = Followed.published(
                17,
                folder,
                "FOR TABLE p WITH (publish_via_partition_root)",
                "CREATE TABLE p (id int, k int) PARTITION BY LIST (k)",
                "ALTER TABLE p REPLICA IDENTITY FULL",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "ALTER TABLE p1 REPLICA IDENTITY FULL",
                "INSERT INTO p VALUES (1, 1), (1, 1)")) {
            db.assertEqual();
            db.source(
                    "CREATE TABLE sub (id int, k int) PARTITION BY RANGE (id)",
                    "CREATE TABLE sub1 PARTITION OF sub FOR VALUES FROM (0) TO (100)",
                    "ALTER TABLE sub1 REPLICA IDENTITY FULL",
                    "INSERT INTO sub VALUES (2, 2), (3, 2)",
                    "ALTER TABLE p ATTACH PARTITION sub FOR VALUES IN (2)",
                    "DELETE FROM p WHERE id = 3");
            db.assertEqual();
        }
    }

    @Test
    void tables_that_inherit_are_tables_of_their_own() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE parent (id int PRIMARY KEY, v text)",
                "CREATE TABLE child (w text, PRIMARY KEY (id)) INHERITS (parent)",
                "INSERT INTO parent VALUES (1, 'p')",
                "INSERT INTO child VALUES (2, 'c', 'w')")) {
            db.assertEqual();
            db.source("UPDATE parent SET v = v || '!'", "INSERT INTO child VALUES (3, 'd', 'x')", "DELETE FROM parent WHERE id = 2",
                    "ALTER TABLE parent ADD n int DEFAULT 4", "UPDATE parent SET n = 5 WHERE id = 3");
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.parent")).containsExactly("1");
        }
    }

    @Test
    void what_no_publication_can_hold_is_named_with_the_reason() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE UNLOGGED TABLE quick (id int PRIMARY KEY)",
                "CREATE TEMPORARY TABLE mine (id int PRIMARY KEY)",
                "CREATE VIEW seen AS SELECT * FROM t",
                "CREATE MATERIALIZED VIEW kept AS SELECT * FROM t",
                "CREATE EXTENSION postgres_fdw",
                "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw",
                "CREATE FOREIGN TABLE elsewhere (id int) SERVER far",
                "INSERT INTO quick VALUES (1)")) {
            db.source("INSERT INTO t VALUES (1)");
            db.assertEqual();
            db.sync();
            assertThat(db.leftOut()).containsOnlyKeys("quick", "seen", "kept", "elsewhere");
            assertThat(db.leftOut().get("quick")).contains("unlogged").contains("SET LOGGED");
            assertThat(db.leftOut().get("seen")).contains("view");
            assertThat(db.leftOut().get("kept")).contains("materialized view");
            assertThat(db.leftOut().get("elsewhere")).contains("foreign table");
            db.source("ALTER TABLE quick SET LOGGED");
            db.assertEqual();
        }
    }
}
