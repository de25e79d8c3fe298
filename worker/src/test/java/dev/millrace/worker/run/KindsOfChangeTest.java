package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.OnVersions;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of change of rows, from a real log to a copy that is compared with PostgreSQL.
class KindsOfChangeTest {

    @TempDir
    Path folder;

    @OnVersions({11, 15, 17, 18})
    void each_replica_identity_is_followed(int version) {
        try (Followed db = Followed.after(
                version,
                folder,
                "CREATE TABLE by_key (id int PRIMARY KEY, v text)",
                "CREATE TABLE by_index (code text NOT NULL, id int PRIMARY KEY, v text)",
                "CREATE UNIQUE INDEX by_index_code ON by_index (code)",
                "ALTER TABLE by_index REPLICA IDENTITY USING INDEX by_index_code",
                "CREATE TABLE whole (a int, v text)",
                "ALTER TABLE whole REPLICA IDENTITY FULL",
                "CREATE TABLE keyed_whole (id int PRIMARY KEY, v text)",
                "ALTER TABLE keyed_whole REPLICA IDENTITY FULL",
                "INSERT INTO by_key SELECT i, 'v' FROM generate_series(1, 9) i",
                "INSERT INTO by_index SELECT 'c' || i, i, 'v' FROM generate_series(1, 9) i",
                "INSERT INTO whole SELECT i % 3, NULL FROM generate_series(1, 9) i",
                "INSERT INTO keyed_whole SELECT i, 'v' FROM generate_series(1, 9) i")) {
            db.assertEqual();
            for (String table : new String[] {"by_key", "by_index", "keyed_whole"}) {
                db.source(
                        "UPDATE %s SET v = 'w' WHERE id < 3".formatted(table),
                        "UPDATE %s SET id = id + 100 WHERE id = 4".formatted(table),
                        "DELETE FROM %s WHERE id IN (5, 1)".formatted(table));
            }
            db.source(
                    "UPDATE by_index SET code = 'd2' WHERE code = 'c2'",
                    "DELETE FROM by_index WHERE code = 'd2'",
                    "UPDATE whole SET v = 'x' WHERE ctid = (SELECT min(ctid) FROM whole WHERE a = 1)",
                    "DELETE FROM whole WHERE ctid = (SELECT min(ctid) FROM whole WHERE a = 2)");
            db.assertEqual();
        }
    }

    /// A table that has a key is told apart by it, however much of its old rows the log carries: no version of a row is left twice.
    @Test
    void a_table_with_a_key_and_full_identity_has_each_key_once() {
        try (Followed db = Followed.after(
                folder, "CREATE TABLE t (id int PRIMARY KEY, v text)", "ALTER TABLE t REPLICA IDENTITY FULL", "INSERT INTO t VALUES (1, 'a')")) {
            db.assertEqual();
            db.source("UPDATE t SET v = 'b'", "UPDATE t SET v = 'c'", "UPDATE t SET id = 2", "UPDATE t SET v = 'd'");
            db.assertEqual();
            assertThat(db.copy("SELECT id, v FROM t_public.t WHERE NOT _millrace_deleted")).containsExactly("2,d");
            assertThat(db.copy("SELECT count(*) FROM t_public.t")).containsExactly("2");
        }
    }

    /// Nothing is logged of the old row, so PostgreSQL lets such a table be published only for inserts and truncates.
    @Test
    void a_table_without_identity_is_followed_where_only_inserts_are_published_and_named_where_not() {
        try (Followed db = Followed.published(
                17,
                folder,
                "FOR ALL TABLES WITH (publish = 'insert, truncate')",
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "ALTER TABLE t REPLICA IDENTITY NOTHING",
                "CREATE TABLE bare (a int)",
                "INSERT INTO bare VALUES (1), (1)")) {
            db.source("INSERT INTO t VALUES (1, 'a')", "INSERT INTO bare VALUES (2)");
            db.assertEqual();
            assertThat(db.warnings("t")).anySatisfy(warning -> assertThat(warning).contains("updates, deletes"));
            db.source("INSERT INTO t VALUES (2, 'b')", "TRUNCATE bare", "INSERT INTO bare VALUES (3)");
            db.assertEqual();
            db.source("ALTER PUBLICATION pub SET (publish = 'insert, update, delete, truncate')");
            db.source("INSERT INTO t VALUES (3, 'c')");
            db.source("CREATE TABLE good (id int PRIMARY KEY)");
            db.sync();
            assertThat(db.leftOut()).containsOnlyKeys("t", "bare");
            assertThat(db.leftOut().get("t")).contains("replica identity");
        }
    }

    @OnVersions({11, 17})
    void keys_that_change_swap_and_take_a_deleted_keys_place_in_one_transaction(int version) {
        try (Followed db = Followed.after(
                version,
                folder,
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "CREATE TABLE late (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, v text)",
                "ALTER TABLE late REPLICA IDENTITY FULL",
                "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 10) i",
                "INSERT INTO late SELECT i, 'v' || i FROM generate_series(1, 10) i")) {
            db.assertEqual();
            db.transaction("UPDATE t SET id = -1 WHERE id = 1", "UPDATE t SET id = 1 WHERE id = 2", "UPDATE t SET id = 2 WHERE id = -1");
            db.transaction("DELETE FROM t WHERE id = 3", "UPDATE t SET id = 3 WHERE id = 4", "INSERT INTO t VALUES (4, 'new')");
            db.transaction("UPDATE t SET id = 50 WHERE id = 5", "UPDATE t SET id = 51 WHERE id = 50", "DELETE FROM t WHERE id = 51");
            db.transaction("DELETE FROM t WHERE id = 6", "INSERT INTO t VALUES (6, 'a')", "DELETE FROM t WHERE id = 6");
            db.source("UPDATE late SET id = 11 - id", "UPDATE late SET id = id + 1");
            db.assertEqual();
        }
    }

    @OnVersions({11, 17})
    void large_values_that_an_update_does_not_touch_are_kept(int version) {
        try (Followed db = Followed.after(
                version,
                folder,
                "CREATE TABLE t (id int PRIMARY KEY, big text, n int)",
                "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "CREATE TABLE f (id int PRIMARY KEY, big text, n int)",
                "ALTER TABLE f ALTER big SET STORAGE EXTERNAL",
                "ALTER TABLE f REPLICA IDENTITY FULL",
                "INSERT INTO t SELECT i, repeat('x', 9000 + i), 0 FROM generate_series(1, 6) i",
                "INSERT INTO f SELECT * FROM t")) {
            db.assertEqual();
            for (String table : new String[] {"t", "f"}) {
                db.source(
                        "UPDATE %s SET n = 1 WHERE id = 1".formatted(table),
                        "INSERT INTO %s VALUES (7, repeat('y', 9000), 0)".formatted(table),
                        "UPDATE %s SET n = 2 WHERE id = 7".formatted(table),
                        "UPDATE %s SET id = 12 WHERE id = 2".formatted(table),
                        "UPDATE %s SET n = 3 WHERE id = 12".formatted(table),
                        "UPDATE %s SET big = NULL WHERE id = 3".formatted(table),
                        "UPDATE %s SET n = 4 WHERE id = 3".formatted(table));
                db.transaction(
                        "INSERT INTO %s VALUES (8, repeat('z', 9000), 0)".formatted(table),
                        "UPDATE %s SET n = 5 WHERE id = 8".formatted(table),
                        "UPDATE %s SET id = 9 WHERE id = 8".formatted(table));
            }
            db.assertEqual();
        }
    }

    /// A key so large that it is stored apart is left out of an update that does not touch it, and still tells the row.
    @Test
    void a_large_key_that_an_update_does_not_touch_still_tells_the_row() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE t (k text PRIMARY KEY, n int)",
                "ALTER TABLE t ALTER k SET STORAGE EXTERNAL",
                "INSERT INTO t SELECT repeat(chr(97 + i), 2500), 0 FROM generate_series(1, 5) i")) {
            db.assertEqual();
            db.source(
                    "UPDATE t SET n = 1 WHERE k LIKE 'b%'",
                    "UPDATE t SET k = repeat('q', 2400), n = 2 WHERE k LIKE 'c%'",
                    "UPDATE t SET n = 3 WHERE k LIKE 'q%'",
                    "DELETE FROM t WHERE k LIKE 'd%'");
            db.assertEqual();
        }
    }

    @OnVersions({11, 17})
    void truncates_of_one_table_of_several_and_with_cascade(int version) {
        try (Followed db = Followed.after(
                version,
                folder,
                "CREATE TABLE a (id serial PRIMARY KEY)",
                "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a)",
                "CREATE TABLE c (id int PRIMARY KEY)",
                "CREATE TABLE d (id int PRIMARY KEY)",
                "INSERT INTO a SELECT FROM generate_series(1, 5)",
                "INSERT INTO b VALUES (1, 1)",
                "INSERT INTO c VALUES (1)",
                "INSERT INTO d VALUES (1)")) {
            db.assertEqual();
            db.transaction("INSERT INTO c VALUES (2)", "TRUNCATE c", "INSERT INTO c VALUES (3)");
            db.assertEqual();
            db.source("TRUNCATE a, d RESTART IDENTITY CASCADE", "INSERT INTO a DEFAULT VALUES");
            db.assertEqual();
            db.source("BEGIN; TRUNCATE a CASCADE; ROLLBACK", "INSERT INTO d VALUES (9)");
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.b WHERE NOT _millrace_deleted")).containsExactly("0");
        }
    }

    @Test
    void prepared_transactions_arrive_when_they_commit_and_only_then() {
        try (Followed db = Followed.after(folder, "CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')")) {
            db.assertEqual();
            db.source("BEGIN; INSERT INTO t VALUES (2, 'b'); UPDATE t SET v = 'c' WHERE id = 1; PREPARE TRANSACTION 'one'");
            db.source("BEGIN; INSERT INTO t VALUES (3, 'c'); PREPARE TRANSACTION 'two'", "INSERT INTO t VALUES (4, 'd')");
            db.assertEqual();
            db.source("COMMIT PREPARED 'one'");
            db.assertEqual();
            db.source("ROLLBACK PREPARED 'two'", "INSERT INTO t VALUES (3, 'another')");
            db.assertEqual();
        }
    }

    @Test
    void a_table_that_is_copied_while_a_transaction_is_prepared_gets_it_once() {
        try (Followed db = Followed.after(folder, "CREATE TABLE t (a int, v text)", "ALTER TABLE t REPLICA IDENTITY FULL")) {
            db.source("BEGIN; INSERT INTO t VALUES (1, 'one'); PREPARE TRANSACTION 'p'", "INSERT INTO t VALUES (2, 'two')");
            db.assertEqual();
            db.source("COMMIT PREPARED 'p'");
            db.assertEqual();
        }
    }

    @Test
    void what_savepoints_rolled_back_leaves_no_trace() {
        try (Followed db = Followed.after(folder, "CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')")) {
            db.assertEqual();
            db.transaction(
                    "SAVEPOINT a", "UPDATE t SET v = 'x'", "SAVEPOINT b", "DELETE FROM t", "ROLLBACK TO b", "INSERT INTO t VALUES (3, 'c')",
                    "RELEASE a", "SAVEPOINT c", "TRUNCATE t", "ROLLBACK TO c", "UPDATE t SET v = 'y' WHERE id = 2");
            db.source("DO $$ BEGIN INSERT INTO t VALUES (4, 'd'); BEGIN INSERT INTO t VALUES (4, 'e'); EXCEPTION WHEN OTHERS THEN"
                    + " INSERT INTO t VALUES (5, 'f'); END; END $$");
            db.assertEqual();
        }
    }

    @OnVersions({11, 16, 17})
    void rows_that_came_from_another_server_are_rows_like_others(int version) {
        try (Followed db = Followed.after(version, folder, "CREATE TABLE t (id int PRIMARY KEY)")) {
            db.assertEqual();
            String origin = "elsewhere_" + db.source.name();
            db.source(
                    "SELECT pg_replication_origin_create('%s')".formatted(origin),
                    "SELECT pg_replication_origin_session_setup('%s')".formatted(origin));
            db.transaction("SELECT pg_replication_origin_xact_setup('0/1000', now())", "INSERT INTO t VALUES (1), (2)");
            db.source("SELECT pg_replication_origin_session_reset()", "INSERT INTO t VALUES (3)");
            db.assertEqual();
            db.source("SELECT pg_replication_origin_drop('%s')".formatted(origin));
        }
    }

    @Tag("duckdb")
    @OnVersions({12, 17})
    void generated_columns_that_are_not_published_are_left_out_and_named(int version) {
        try (Followed db = Followed.after(
                version,
                folder,
                "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED, z text)",
                "INSERT INTO t (a, z) VALUES (1, 'z')")) {
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM duckdb_columns() WHERE table_name = 't' AND column_name = 'twice'")).containsExactly("0");
            db.source("INSERT INTO t (a, z) VALUES (2, 'y')", "UPDATE t SET a = 3 WHERE id = 1", "ALTER TABLE t ADD thrice int GENERATED ALWAYS AS (a * 3) STORED",
                    "UPDATE t SET a = 4 WHERE id = 2", "UPDATE t SET id = DEFAULT WHERE id = 1");
            db.sync();
            assertThat(db.warnings("t")).anySatisfy(warning -> assertThat(warning).contains("twice", "generated"));
            db.assertEqual();
        }
    }

    @Tag("duckdb")
    @Test
    void generated_columns_are_copied_where_version_18_publishes_them() {
        try (Followed db = Followed.published(
                18,
                folder,
                "FOR ALL TABLES WITH (publish_generated_columns = stored)",
                "CREATE TABLE t (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED, v int GENERATED ALWAYS AS (a + 1) VIRTUAL)",
                "INSERT INTO t (id, a) VALUES (1, 1)")) {
            db.assertEqual();
            db.source("INSERT INTO t (id, a) VALUES (2, 2)", "UPDATE t SET a = 3 WHERE id = 1");
            db.assertEqual();
            assertThat(db.copy("SELECT id, a, twice FROM t_public.t ORDER BY id")).containsExactly("1,3,6", "2,2,4");
            assertThat(db.copy("SELECT count(*) FROM duckdb_columns() WHERE table_name = 't' AND column_name = 'v'")).containsExactly("0");
        }
    }

    @Test
    void generated_columns_are_left_out_where_version_18_does_not_publish_them() {
        try (Followed db = Followed.after(
                18,
                folder,
                "CREATE TABLE t (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED, v int GENERATED ALWAYS AS (a + 1))",
                "INSERT INTO t (id, a) VALUES (1, 1)")) {
            db.sync();
            assertThat(db.warnings("t")).hasSize(2);
            db.source("UPDATE t SET a = 3 WHERE id = 1");
            db.assertEqual();
        }
    }
}
