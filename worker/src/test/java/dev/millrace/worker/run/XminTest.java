package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Databases that are followed with nothing but SELECT, by the transactions that wrote their rows.
final class XminTest {

    private static final String LIVE = "SELECT id, note FROM t_public.notes WHERE NOT _millrace_deleted ORDER BY id";

    @TempDir
    private Path folder;

    private Followed notes(int version) {
        return Followed.scanned(TestPostgres.version(version).newDatabase(), folder, "XMIN", "CREATE TABLE notes (id int PRIMARY KEY, note text)");
    }

    @OnVersions({11, 12, 13, 14, 15, 16, 17, 18})
    void rows_that_were_written_since_the_last_run_are_found_on_every_version(int version) {
        try (Followed followed = notes(version)) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 1000) g");
            followed.sync();
            followed.source("INSERT INTO notes VALUES (2000, 'new')", "UPDATE notes SET note = 'changed' WHERE id % 100 = 0");
            assertThat(followed.sync().changes()).isEqualTo(11);
            followed.assertCompared();
            assertThat(followed.sync().changes()).isLessThan(20);
            followed.assertCompared();
        }
    }

    @Test
    void a_transaction_that_commits_late_with_an_early_id_is_not_lost() throws SQLException {
        try (Followed followed = notes(17);
                Connection early = followed.source.session();
                Statement statement = early.createStatement()) {
            followed.sync();
            early.setAutoCommit(false);
            statement.execute("INSERT INTO notes VALUES (1, 'early')");
            statement.execute("SAVEPOINT s");
            statement.execute("INSERT INTO notes VALUES (2, 'in a subtransaction')");
            statement.execute("RELEASE SAVEPOINT s");
            followed.source("INSERT INTO notes VALUES (3, 'late')");
            followed.sync();
            assertThat(followed.copy(LIVE)).containsExactly("3,late");
            early.commit();
            followed.sync();
            assertThat(followed.copy(LIVE)).containsExactly("1,early", "2,in a subtransaction", "3,late");
        }
    }

    @Test
    void a_prepared_transaction_comes_when_it_is_committed() {
        try (Followed followed = notes(17)) {
            followed.sync();
            String name = followed.source.name();
            followed.source("BEGIN; INSERT INTO notes VALUES (1, 'prepared'); PREPARE TRANSACTION '" + name + "'", "INSERT INTO notes VALUES (2, 'other')");
            followed.sync();
            assertThat(followed.copy(LIVE)).containsExactly("2,other");
            followed.source("COMMIT PREPARED '" + name + "'");
            followed.sync();
            assertThat(followed.copy(LIVE)).containsExactly("1,prepared", "2,other");
        }
    }

    @Test
    void deletes_are_not_seen_and_verify_counts_them_without_calling_them_a_difference() {
        try (Followed followed = notes(17)) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 10000) g");
            followed.sync();
            followed.source("DELETE FROM notes WHERE id <= 3000");
            followed.sync();
            followed.assertCompared();
            assertThat(followed.ended()).isEqualTo(3000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUNCATE notes", "VACUUM FULL notes", "CLUSTER notes USING notes_pkey"})
    void new_files_have_a_table_copied_again_since_only_they_tell_of_a_truncate(String statement) {
        try (Followed followed = notes(17)) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 100) g");
            followed.sync();
            followed.source(statement, "INSERT INTO notes VALUES (2000, 'after')");
            followed.assertEqual();
            assertThat(followed.begunAnew()).containsKey("notes");
            assertThat(followed.ended()).isZero();
        }
    }

    @Test
    void a_table_without_a_key_gets_each_row_once() throws SQLException {
        try (Followed followed = Followed.scanned(
                        TestPostgres.latest().newDatabase(), folder, "XMIN", "CREATE TABLE events (hour int, what text)");
                Connection open = followed.source.session();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("INSERT INTO events VALUES (1, 'open before the copy')");
            followed.source("INSERT INTO events SELECT g % 3, 'same' FROM generate_series(1, 30) g");
            followed.sync();
            followed.source("INSERT INTO events SELECT g % 3, 'same' FROM generate_series(1, 30) g");
            followed.sync();
            open.commit();
            followed.sync();
            followed.sync();
            assertThat(followed.copy("SELECT hour, what, count(*) FROM t_public.events GROUP BY ALL ORDER BY ALL"))
                    .containsExactly("0,same,20", "1,open before the copy,1", "1,same,20", "2,same,20");
            followed.assertCompared();
        }
    }

    @Test
    void added_columns_with_defaults_reach_the_rows_that_were_there() {
        try (Followed followed = notes(17)) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 100) g");
            followed.sync();
            followed.source(
                    "ALTER TABLE notes ADD COLUMN state text DEFAULT 'open'",
                    "ALTER TABLE notes ADD COLUMN nr float DEFAULT random()",
                    "ALTER TABLE notes RENAME COLUMN note TO remark");
            followed.assertEqual();
            assertThat(followed.copy("SELECT DISTINCT state FROM t_public.notes")).containsExactly("open");
        }
    }

    @Test
    void partitions_and_heirs_are_looked_at() {
        try (Followed followed = notes(17)) {
            followed.source(
                    "CREATE TABLE parted (id int PRIMARY KEY, note text) PARTITION BY RANGE (id)",
                    "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100)",
                    "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (100) TO (200)",
                    "CREATE TABLE parent (id int PRIMARY KEY, note text)",
                    "CREATE TABLE heir (PRIMARY KEY (id)) INHERITS (parent)",
                    "INSERT INTO parted SELECT g, 'old' FROM generate_series(1, 199) g",
                    "INSERT INTO parent VALUES (1, 'parent')",
                    "INSERT INTO heir VALUES (1, 'heir')");
            followed.sync();
            followed.source(
                    "UPDATE parted SET note = 'new' WHERE id = 50",
                    "CREATE TABLE parted_3 PARTITION OF parted FOR VALUES FROM (200) TO (300)",
                    "INSERT INTO parted VALUES (250, 'third')",
                    "UPDATE heir SET note = 'changed'");
            followed.assertEqual();
            assertThat(followed.begunAnew()).isEmpty();
            followed.source(
                    "CREATE TABLE attached (id int PRIMARY KEY, note text)",
                    "INSERT INTO attached VALUES (350, 'brought')");
            followed.assertEqual();
            followed.source("ALTER TABLE parted ATTACH PARTITION attached FOR VALUES FROM (300) TO (400)");
            followed.assertEqual();
            assertThat(followed.copy("SELECT note FROM t_public.parted WHERE id = 350")).containsExactly("brought");
        }
    }

    @Test
    void what_is_read_with_select_alone_is_copied_whether_published_or_not() {
        try (Followed followed = notes(17)) {
            followed.source(
                    "CREATE UNLOGGED TABLE fast (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED)",
                    "INSERT INTO fast VALUES (21)",
                    "ALTER TABLE notes REPLICA IDENTITY NOTHING");
            followed.assertEqual();
            assertThat(followed.copy("SELECT id, twice FROM t_public.fast")).containsExactly("21,42");
        }
    }

    @Test
    void rights_on_columns_are_enough_with_xmin_among_them() {
        try (Followed followed = notes(17)) {
            String user = "reader_" + followed.source.name();
            followed.source.createUser(user, "secret", "");
            followed.source(
                    "CREATE TABLE bare (id int PRIMARY KEY, note text)",
                    "CREATE TABLE slow (id int PRIMARY KEY, note text, hidden text)",
                    "GRANT SELECT (xmin, ctid, id, note) ON notes TO " + user,
                    "GRANT SELECT (xmin, id, note) ON slow TO " + user,
                    "GRANT SELECT (id, note) ON bare TO " + user,
                    "INSERT INTO notes SELECT g, repeat('x', 200) FROM generate_series(1, 5000) g",
                    "INSERT INTO slow SELECT id, note, 'secret' FROM notes");
            followed.as(user, "secret").sync();
            assertThat(followed.leftOut().get("bare")).contains("xmin", "GRANT SELECT (xmin, ctid) ON");
            assertThat(followed.warnings("slow")).anyMatch(warning -> warning.contains("GRANT SELECT (ctid)"));
            followed.source("UPDATE notes SET note = 'new' WHERE id = 7", "UPDATE slow SET note = 'new' WHERE id = 8");
            followed.sync();
            assertThat(followed.copy("SELECT id FROM t_public.notes WHERE note = 'new' UNION ALL SELECT id FROM t_public.slow WHERE note = 'new'"))
                    .containsExactlyInAnyOrder("7", "8");
            assertThat(followed.copy("SELECT count(*) FROM t_public.slow")).containsExactly("5000");
        }
    }

    @Test
    void rows_that_leave_a_filter_are_ended_when_they_change() {
        try (Followed followed = notes(17)) {
            followed.choosing("{tables: {notes: {row_filter: [{column: note, operator: NOT_EQUALS, value: hidden}]}}}");
            followed.source("INSERT INTO notes VALUES (1, 'seen'), (2, 'hidden'), (3, 'seen')");
            followed.sync();
            followed.source("UPDATE notes SET note = 'hidden' WHERE id = 1", "UPDATE notes SET note = 'shown' WHERE id = 2");
            followed.sync();
            assertThat(followed.copy(LIVE)).containsExactly("2,shown", "3,seen");
        }
    }

    @Test
    void a_change_of_method_has_everything_copied_again_and_loses_and_doubles_nothing() {
        try (Followed followed = Followed.after(folder, "CREATE TABLE notes (id int PRIMARY KEY, note text)",
                "CREATE TABLE events (what text)", "ALTER TABLE events REPLICA IDENTITY FULL")) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 100) g", "INSERT INTO events VALUES ('a'), ('a')");
            followed.assertEqual();
            followed.source("DELETE FROM notes WHERE id = 1", "INSERT INTO events VALUES ('b')");
            followed.following("XMIN");
            followed.sync();
            assertThat(followed.allBegunAnew()).contains("update_method");
            followed.assertCompared();
            assertThat(followed.ended()).isZero();
            followed.source("DELETE FROM notes WHERE id = 2", "INSERT INTO events VALUES ('a')");
            followed.sync();
            assertThat(followed.ended()).isEqualTo(1);
            followed.following("WAL_PGOUTPUT");
            followed.assertEqual();
            assertThat(followed.copy("SELECT what, count(*) FROM t_public.events WHERE NOT _millrace_deleted GROUP BY ALL ORDER BY ALL"))
                    .containsExactly("a,3", "b,1");
        }
    }
}
