package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Databases that are followed with nothing but SELECT, deletes included.
final class TeleportTest {

    private static final String LIVE = "SELECT id, note FROM t_public.notes WHERE NOT _millrace_deleted ORDER BY id";

    @TempDir
    private Path folder;

    private Followed notes(int version) {
        return Followed.scanned(TestPostgres.version(version).newDatabase(), folder, "TELEPORT", "CREATE TABLE notes (id int PRIMARY KEY, note text)");
    }

    @OnVersions({11, 14, 17, 18})
    void rows_that_came_changed_and_went_are_found(int version) {
        try (Followed followed = notes(version)) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 20000) g");
            followed.assertEqual();
            followed.source(
                    "DELETE FROM notes WHERE id % 100 = 0",
                    "UPDATE notes SET note = 'changed' WHERE id % 100 = 1",
                    "UPDATE notes SET id = -id WHERE id % 100 = 2",
                    "INSERT INTO notes SELECT g, 'new' FROM generate_series(30000, 30100) g");
            followed.assertEqual();
            assertThat(followed.begunAnew()).isEmpty();
            followed.source("DELETE FROM notes WHERE id > 10", "INSERT INTO notes VALUES (500, 'again')");
            followed.assertEqual();
            followed.source("TRUNCATE notes");
            followed.assertEqual();
            assertThat(followed.begunAnew()).isEmpty();
            assertThat(followed.copy("SELECT count(*) FROM t_public.notes WHERE _millrace_deleted")).isNotEqualTo(List.of("0"));
        }
    }

    @Tag("long")
    @Test
    void keys_of_many_types_are_told_apart_and_equal_ones_written_otherwise_are_one() {
        try (Followed followed = Followed.scanned(
                TestPostgres.latest().newDatabase(),
                folder,
                "TELEPORT",
                "CREATE TABLE by_number (n numeric PRIMARY KEY, note text)",
                "CREATE TABLE by_two (a text, b timestamptz, note text, PRIMARY KEY (b, a))",
                "CREATE TABLE by_uuid (u uuid PRIMARY KEY)",
                "INSERT INTO by_number VALUES (1.0, 'one'), (2, 'two'), (3.5, 'more')",
                "INSERT INTO by_two SELECT 'k' || g, 'epoch'::timestamptz + g * interval '1 day', 'old' FROM generate_series(1, 500) g",
                "INSERT INTO by_uuid SELECT md5(g::text)::uuid FROM generate_series(1, 500) g")) {
            followed.assertEqual();
            followed.source(
                    "UPDATE by_number SET n = 1.00, note = 'uno' WHERE n = 1",
                    "DELETE FROM by_number WHERE n = 2",
                    "DELETE FROM by_two WHERE a LIKE '%7'",
                    "UPDATE by_two SET a = a || 'x' WHERE a LIKE '%9'",
                    "DELETE FROM by_uuid WHERE u::text LIKE '1%'");
            followed.assertEqual();
            assertThat(followed.copy("SELECT n, note FROM t_public.by_number WHERE NOT _millrace_deleted ORDER BY note")).hasSize(2);
        }
    }

    @Test
    void a_table_without_a_key_grows_in_place_and_is_copied_again_when_rows_change() {
        try (Followed followed = Followed.scanned(
                TestPostgres.latest().newDatabase(), folder, "TELEPORT", "CREATE TABLE events (hour int, what text)")) {
            followed.source("INSERT INTO events SELECT g % 3, 'same' FROM generate_series(1, 30) g");
            followed.assertEqual();
            followed.source("INSERT INTO events SELECT g % 3, 'same' FROM generate_series(1, 30) g");
            followed.assertEqual();
            assertThat(followed.begunAnew()).isEmpty();
            followed.source("DELETE FROM events WHERE ctid IN (SELECT ctid FROM events WHERE hour = 1 LIMIT 5)", "UPDATE events SET what = NULL WHERE hour = 2");
            followed.assertEqual();
            assertThat(followed.copy("SELECT hour, what, count(*) FROM t_public.events WHERE NOT _millrace_deleted GROUP BY ALL ORDER BY ALL"))
                    .containsExactly("0,same,20", "1,same,15", "2,null,20");
            followed.source("INSERT INTO events VALUES (4, 'after')");
            followed.assertEqual();
            assertThat(followed.begunAnew()).isEmpty();
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"lost", "damaged"})
    void an_index_that_is_not_there_any_more_is_made_again_with_a_copy_and_no_delete_is_missed(String what) throws IOException {
        try (Followed followed = notes(17)) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 1000) g");
            followed.assertEqual();
            followed.source("DELETE FROM notes WHERE id <= 10");
            Path index = folder.resolve("copy.duckdb.keys");
            assertThat(index).exists();
            if (what.equals("lost")) {
                Files.delete(index);
            } else {
                Files.writeString(index, "nonsense");
            }
            followed.assertEqual();
            assertThat(followed.begunAnew()).containsKey("notes");
            followed.source("DELETE FROM notes WHERE id <= 20");
            followed.assertEqual();
            assertThat(followed.begunAnew()).isEmpty();
        }
    }

    @Tag("long")
    @Test
    void modes_and_hashed_keys_are_kept() {
        try (Followed followed = Followed.scanned(
                        TestPostgres.latest().newDatabase(),
                        folder,
                        "TELEPORT",
                        "CREATE TABLE notes (id int PRIMARY KEY, note text)",
                        "CREATE TABLE live (id int PRIMARY KEY, note text)",
                        "CREATE TABLE past (id int PRIMARY KEY, note text)",
                        "INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 300) g",
                        "INSERT INTO live SELECT * FROM notes",
                        "INSERT INTO past SELECT * FROM notes")
                .in("live=LIVE past=HISTORY")
                .choosing("{tables: {notes: {columns: {id: {hashed: true}}}}}")) {
            followed.assertEqual();
            for (String table : List.of("notes", "live", "past")) {
                followed.source(
                        "DELETE FROM %s WHERE id %% 10 = 0".formatted(table),
                        "UPDATE %s SET note = 'new' WHERE id %% 10 = 1".formatted(table));
            }
            followed.assertEqual();
            assertThat(followed.copy("SELECT count(*) FROM t_public.live")).containsExactly("270");
            assertThat(followed.copy("SELECT count(*), count(*) FILTER (WHERE _millrace_active) FROM t_public.past")).containsExactly("330,270");
            followed.sync();
            followed.sync();
            assertThat(followed.copy("SELECT count(*) FROM t_public.past")).containsExactly("330");
        }
    }

    @Test
    void going_over_from_xmin_finds_what_was_deleted_meanwhile() {
        try (Followed followed = notes(17)) {
            followed.source("INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 100) g");
            followed.assertEqual();
            followed.following("XMIN");
            followed.source("INSERT INTO notes VALUES (500, 'by xmin')", "DELETE FROM notes WHERE id = 1");
            followed.sync();
            assertThat(followed.ended()).isEqualTo(1);
            followed.source("DELETE FROM notes WHERE id = 500");
            followed.following("TELEPORT");
            followed.assertEqual();
            assertThat(followed.copy(LIVE)).hasSize(99).first().isEqualTo("2,old");
        }
    }
}
