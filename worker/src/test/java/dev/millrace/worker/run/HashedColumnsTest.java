package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.verify.Difference;
import dev.millrace.core.verify.TableVerdict;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.worker.verify.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Columns that are copied as hashes: the same by copy and by log, joinable, and never in clear where a reader or a finder of files is.
class HashedColumnsTest {

    private static final String EMAILS = "{tables: {people: {columns: {email: {hashed: true}}}}}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @OnVersions({11, 13, 14, 17, 18})
    void copy_and_log_hash_alike_and_equal_values_join(int version) throws SQLException {
        String choice = "{tables: {people: {columns: {email: {hashed: true}}}, orders: {columns: {buyer: {hashed: true}}}}}";
        try (Followed db = Followed.after(
                        version,
                        folder,
                        "CREATE TABLE people (id int PRIMARY KEY, email text)",
                        "CREATE TABLE orders (id int PRIMARY KEY, buyer varchar(80))",
                        "INSERT INTO people VALUES (1, 'ada@example.com'), (2, NULL), (3, '')")
                .choosing(choice)) {
            db.assertEqual();
            db.source(
                    "INSERT INTO people VALUES (4, 'élan@example.com')",
                    "INSERT INTO orders SELECT id, email FROM people",
                    "UPDATE people SET email = 'ada@example.com' WHERE id = 3");
            db.assertEqual();
            assertThat(db.copy("SELECT p.id, o.id FROM t_public.people p JOIN t_public.orders o ON p.email = o.buyer ORDER BY ALL"))
                    .containsExactly("1,1", "3,1", "4,4");
            assertThat(db.copy("SELECT id, email FROM t_public.people ORDER BY id")).containsExactlyElementsOf(hashes(db, "people", "email"));
            assertThat(db.copy("SELECT DISTINCT data_type FROM duckdb_columns() WHERE column_name IN ('email', 'buyer')"))
                    .containsExactly("VARCHAR");
        }
    }

    @Test
    void a_key_that_is_hashed_tells_rows_apart_in_updates_deletes_and_moves() {
        String choice = "{tables: {people: {columns: {ssn: {hashed: true}}}, visits: {columns: {who: {hashed: true}}}}}";
        for (String modes : List.of("", "people=LIVE visits=LIVE", "people=HISTORY visits=HISTORY")) {
            Path place = folder.resolve("m" + modes.length());
            try (Followed db = Followed.after(
                            made(place),
                            "CREATE TABLE people (ssn numeric PRIMARY KEY, note text, big text)",
                            "ALTER TABLE people ALTER big SET STORAGE EXTERNAL",
                            "CREATE TABLE visits (who text, page text)",
                            "ALTER TABLE visits REPLICA IDENTITY FULL",
                            "INSERT INTO people SELECT i, 'n', repeat('x', 9000) FROM generate_series(1, 4) i",
                            "INSERT INTO visits VALUES ('a', '1'), ('a', '1'), (NULL, '2')")
                    .choosing(choice)
                    .withModes(modes)) {
                db.assertEqual();
                db.source(
                        "UPDATE people SET note = 'm' WHERE ssn = 1",
                        "UPDATE people SET ssn = 20 WHERE ssn = 2",
                        "DELETE FROM people WHERE ssn = 3",
                        "UPDATE people SET ssn = 40, note = 'z', big = 'small' WHERE ssn = 4",
                        "DELETE FROM visits WHERE ctid = (SELECT min(ctid) FROM visits)",
                        "UPDATE visits SET page = '3' WHERE who IS NULL",
                        "UPDATE visits SET who = 'b' WHERE who = 'a'");
                db.assertEqual();
                String live = modes.isEmpty() ? "NOT _millrace_deleted" : modes.contains("LIVE") ? "true" : "_millrace_active";
                assertThat(db.copy("SELECT ssn, note, length(big) FROM t_public.people WHERE %s ORDER BY ALL".formatted(live)))
                        .containsExactlyInAnyOrderElementsOf(people(db));
            }
        }
    }

    @Test
    void clear_values_are_in_no_file() throws Exception {
        String secret = "Kx7qW2mZp9Lr4TvB";
        try (Followed db = Followed.after(folder, "CREATE TABLE people (id int PRIMARY KEY, email text, plain text)").choosing(EMAILS)) {
            db.source("INSERT INTO people VALUES (0, '%s', 'mark-of-the-plain')".formatted(secret));
            db.assertEqual();
            try (TestSync sync = db.connection.open(db.listener());
                    Connection writer = db.source.session()) {
                writer.setAutoCommit(false);
                try (Statement statement = writer.createStatement()) {
                    statement.execute("SET logical_decoding_work_mem = '64kB'");
                    statement.execute("INSERT INTO people SELECT i, '%s' || i, 'mark-of-the-plain' FROM generate_series(1, 20000) i".formatted(secret));
                }
                writer.commit();
                sync.upToNow();
                assertThat(sync.verify().proven()).isTrue();
                assertThat(files(folder).anyMatch(file -> holds(file, "mark-of-the-plain"))).isTrue();
                assertThat(files(folder).filter(file -> holds(file, secret))).isEmpty();
            }
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"", "people=LIVE", "people=HISTORY"})
    void turning_hashing_on_and_off_copies_anew_and_removes_what_earlier_rows_held(String modes) {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE people (id int PRIMARY KEY, email text, note text)",
                        "INSERT INTO people VALUES (1, 'one@x', 'a'), (2, 'two@x', 'b'), (3, 'three@x', 'c')")
                .withModes(modes)) {
            db.assertEqual();
            db.source("UPDATE people SET note = 'bb' WHERE id = 2", "DELETE FROM people WHERE id = 3");
            db.assertEqual();
            String past = db.copy("SELECT count(*) FROM t_public.people").getFirst();

            db.choosing(EMAILS).sync();
            assertThat(db.begunAnew()).containsEntry(
                    "people", "Column email is to be hashed from now on; what its earlier rows held in clear is removed.");
            db.assertCompared();
            assertThat(db.copy("SELECT count(*) FROM t_public.people WHERE contains(email, '@')")).containsExactly("0");
            assertThat(db.copy("SELECT id FROM t_public.people WHERE email IS NOT NULL ORDER BY id")).containsExactly("1", "2");
            if (modes.contains("HISTORY")) {
                assertThat(db.copy("SELECT count(*) FROM t_public.people WHERE NOT _millrace_active AND email IS NULL"))
                        .containsExactly(past.equals("4") ? "4" : "none");
            }
            db.source("UPDATE people SET email = 'uno@x' WHERE id = 1", "DELETE FROM people WHERE id = 2");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();

            db.choosing("").sync();
            assertThat(db.begunAnew()).containsEntry(
                    "people", "Column email is to be copied in clear from now on; the hashes of its earlier rows are removed.");
            db.assertCompared();
            assertThat(db.copy("SELECT id, email FROM t_public.people WHERE email IS NOT NULL")).containsExactly("1,uno@x");
        }
    }

    @Tag("long")
    @Test
    void a_key_that_begins_to_be_hashed_takes_the_earlier_rows_with_it() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE people (ssn text PRIMARY KEY, note text)",
                "CREATE TABLE visits (who text)",
                "ALTER TABLE visits REPLICA IDENTITY FULL",
                "INSERT INTO people VALUES ('123', 'a'), ('456', 'b')",
                "INSERT INTO visits VALUES ('ada')")) {
            db.assertEqual();
            db.source("DELETE FROM people WHERE ssn = '456'");
            db.sync();
            db.choosing("{tables: {people: {columns: {ssn: {hashed: true}}}, visits: {columns: {who: {hashed: true}}}}}");
            db.assertEqual();
            assertThat(db.copy("SELECT note, length(ssn) FROM t_public.people")).containsExactly("a,64");
            assertThat(db.copy("SELECT length(who) FROM t_public.visits")).containsExactly("64");
        }
    }

    @Tag("long")
    @Test
    void a_table_that_was_left_out_for_a_while_loses_what_it_held_in_clear() {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE people (id int PRIMARY KEY, email text)",
                        "CREATE TABLE other (id int PRIMARY KEY)",
                        "INSERT INTO people VALUES (1, 'one@x'), (2, 'two@x')")) {
            db.assertEqual();
            db.source("DELETE FROM people WHERE id = 2");
            db.sync();
            db.choosing("{tables: {people: {enabled: false}}}").sync();
            db.choosing(EMAILS).assertEqual();
            assertThat(db.copy("SELECT id, email IS NULL FROM t_public.people ORDER BY id")).containsExactly("1,false", "2,true");
        }
    }

    @Tag("long")
    @Test
    void a_column_that_was_left_out_for_a_while_loses_what_it_held_in_clear() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE people (id int PRIMARY KEY, email text)",
                "INSERT INTO people VALUES (1, 'one@x'), (2, 'two@x')")) {
            db.assertEqual();
            db.source("DELETE FROM people WHERE id = 2");
            db.sync();
            db.choosing("{tables: {people: {columns: {email: {enabled: false}}}}}").sync();
            db.source("UPDATE people SET id = 3");
            db.sync();
            db.choosing(EMAILS).assertEqual();
            assertThat(db.copy("SELECT * FROM t_public.people")).hasSizeGreaterThan(1).noneMatch(row -> row.contains("@"));
        }
    }

    @Tag("long")
    @Test
    void a_hashed_column_that_is_renamed_halts_the_run_until_the_settings_follow() {
        try (Followed db = Followed.after(
                        folder, "CREATE TABLE people (id int PRIMARY KEY, email text)", "INSERT INTO people VALUES (1, 'one@x')")
                .choosing(EMAILS)) {
            db.assertEqual();
            db.source(
                    "INSERT INTO people VALUES (2, 'two@x')",
                    "ALTER TABLE people RENAME email TO mail",
                    "INSERT INTO people VALUES (3, 'three@x')");
            assertThatThrownBy(db::sync).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.SETTINGS_INVALID);
                assertThat(fault.getMessage()).contains("Column email of public.people, which is hashed, was renamed to mail");
                assertThat(fault.remedy()).contains("`hashed: true` under column `mail`");
            });
            assertThat(db.copy("SELECT count(*) FROM t_public.people WHERE contains(email, '@')")).containsExactly("0");

            // The log still has a row under the name of before, which neither the catalogue nor the settings know any more.
            db.choosing("{tables: {people: {columns: {mail: {hashed: true}}}}}").assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            assertThat(db.copy("SELECT id, length(mail) FROM t_public.people ORDER BY id")).containsExactly("1,64", "2,64", "3,64");
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"", "people=HISTORY"})
    void a_column_that_is_renamed_and_hashed_at_once_leaves_nothing_under_its_earlier_name(String modes) {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE people (id int PRIMARY KEY, email text, note text)",
                        "INSERT INTO people VALUES (1, 'one@x', 'a'), (2, 'two@x', 'b')")
                .withModes(modes)) {
            db.assertEqual();
            db.source("DELETE FROM people WHERE id = 2", "UPDATE people SET note = 'c'");
            db.sync();
            db.source("ALTER TABLE people RENAME email TO mail", "INSERT INTO people VALUES (3, 'three@x', 'd')");
            db.choosing("{tables: {people: {columns: {mail: {hashed: true}}}}}").sync();
            db.assertCompared();
            assertThat(db.copy("SELECT * FROM t_public.people")).hasSizeGreaterThan(2).noneMatch(row -> row.contains("@"));
        }
    }

    @Tag("long")
    @Test
    void a_column_that_went_while_the_log_was_behind_is_not_let_through_in_clear() {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE people (id int PRIMARY KEY, email text, phone text)",
                        "INSERT INTO people VALUES (1, 'one@x', '111@')")
                .choosing(EMAILS)) {
            db.assertEqual();
            db.source(
                    "ALTER TABLE people RENAME email TO address",
                    "INSERT INTO people VALUES (2, 'two@x', '222@')",
                    "ALTER TABLE people DROP address",
                    "INSERT INTO people VALUES (3, '333@')");
            db.sync();
            db.assertCompared();
            assertThat(db.copy("SELECT count(*) FROM (UNPIVOT (SELECT * EXCLUDE (phone) REPLACE (id::VARCHAR AS id, _millrace_synced::VARCHAR"
                            + " AS _millrace_synced, _millrace_deleted::VARCHAR AS _millrace_deleted) FROM t_public.people) ON * ) WHERE contains(value, '@')"))
                    .containsExactly("0");
        }
    }

    @Test
    void a_column_that_is_added_with_a_default_is_hashed_in_older_rows_too() {
        try (Followed db = Followed.after(
                        folder, "CREATE TABLE people (id int PRIMARY KEY)", "INSERT INTO people VALUES (1)")
                .choosing(EMAILS)) {
            db.assertEqual();
            assertThat(db.warnings("people")).contains("The settings have column email hashed, and there is none of that name.");
            db.source("ALTER TABLE people ADD email text DEFAULT 'nobody@x'", "INSERT INTO people VALUES (2, 'two@x')");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            assertThat(db.copy("SELECT id, length(email) FROM t_public.people ORDER BY id")).containsExactly("1,64", "2,64");
        }
    }

    @Tag("long")
    @Test
    void a_hashed_column_whose_type_changes_is_hashed_anew() {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE people (id int PRIMARY KEY, email inet)",
                        "INSERT INTO people VALUES (1, '10.0.0.1/32'), (2, '10.0.0.0/8')")
                .choosing(EMAILS)) {
            db.assertEqual();
            db.source("ALTER TABLE people ALTER email TYPE cidr USING email::cidr", "UPDATE people SET id = 3 WHERE id = 2");
            db.assertEqual();
            db.source("ALTER TABLE people ALTER email TYPE text", "ALTER TABLE people ALTER email TYPE varchar(100)");
            db.assertEqual();
            db.source("ALTER TABLE people ALTER email TYPE varchar(200)", "INSERT INTO people VALUES (5, 'x')");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Tag("duckdb")
    @Test
    void verify_finds_a_hash_that_is_not_that_of_the_source() throws SQLException {
        try (Followed db = Followed.after(
                        folder, "CREATE TABLE people (id int PRIMARY KEY, email text)", "INSERT INTO people VALUES (1, 'one@x'), (2, 'two@x')")
                .choosing("{tables: {people: {columns: {id: {hashed: true}, email: {hashed: true}}}}}")) {
            db.assertEqual();
            try (TestSync sync = db.connection.open(db.listener())) {
                try (Connection session = sync.session();
                        Statement statement = session.createStatement()) {
                    statement.execute("UPDATE t_public.people SET email = sha256(email) WHERE email = (SELECT min(email) FROM t_public.people)");
                }
                Verdict verdict = sync.verify();
                assertThat(verdict.proven()).isFalse();
                assertThat(verdict.tables().stream().map(TableVerdict::differences).flatMap(List::stream))
                        .singleElement()
                        .isInstanceOfSatisfying(Difference.Unequal.class, unequal -> {
                            assertThat(unequal.columns()).containsExactly("email");
                            assertThat(unequal.key().getFirst()).matches("[0-9a-f]{64}");
                        });
            }
        }
    }

    @Tag("duckdb")
    @Test
    void the_salt_outlives_a_resync() {
        try (Followed db = Followed.after(
                        folder, "CREATE TABLE people (id int PRIMARY KEY, email text)", "INSERT INTO people VALUES (1, 'one@x')")
                .choosing(EMAILS)) {
            db.assertEqual();
            List<String> before = db.copy("SELECT email FROM t_public.people");
            try (TestSync sync = db.connection.open(db.listener())) {
                sync.destination().requestCopy(sync.destination().recall().tables().firstKey());
            }
            db.sync();
            assertThat(db.told(RunEvent.CopyStarted.class)).hasSize(1);
            assertThat(db.copy("SELECT email FROM t_public.people")).isEqualTo(before);
            assertThat(db.copy("SELECT octet_length(salt) FROM _millrace.salt")).containsExactly("32");
        }
    }

    @Tag("long")
    @Test
    void a_sync_that_is_killed_again_and_again_while_hashing_is_turned_on_leaves_hashes_only() throws Exception {
        Random random = Seed.forTest("hashed kills").random();
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE people (id int PRIMARY KEY, email text, note text)",
                "INSERT INTO people SELECT i, 'p' || i || '@x', repeat('n', 200) FROM generate_series(1, 30000) i")) {
            db.sync();
            db.choosing(EMAILS);
            Thread traffic = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200; i++) {
                    db.source("UPDATE people SET email = 'q' || id || '@x' WHERE id % 200 = " + i);
                }
            });
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(9);
            int kills = SyncProcess.killAgainAndAgain(() -> db.connection, folder.resolve("sync.log"), random, 900, deadline);
            traffic.join();
            assertThat(kills).isPositive();
            db.assertEqual();
            assertThat(db.copy("SELECT count(*), count(DISTINCT email), min(length(email)), max(length(email)) FROM t_public.people"))
                    .containsExactly("30000,30000,64,64");
        }
    }

    private static Path made(Path place) {
        try {
            return Files.createDirectories(place);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// What the source's own SHA-256 makes of a column, with the destination's salt.
    private static List<String> hashes(Followed db, String table, String column) {
        return db.source.query("SELECT id, encode(sha256('\\x%s'::bytea || convert_to(%s, 'UTF8')), 'hex') FROM %s ORDER BY id"
                        .formatted(salt(db), column, table))
                .stream()
                .map(row -> row.get(0) + "," + row.get(1))
                .toList();
    }

    private static List<String> people(Followed db) {
        return db.source.query("SELECT encode(sha256('\\x%s'::bytea || convert_to(ssn::text, 'UTF8')), 'hex'), note, length(big) FROM people"
                        .formatted(salt(db)))
                .stream()
                .map(row -> row.get(0) + "," + row.get(1) + "," + row.get(2))
                .toList();
    }

    private static String salt(Followed db) {
        try (TestSync sync = db.connection.open(db.listener())) {
            return HexFormat.of().formatHex(sync.destination().salt().reveal());
        }
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
