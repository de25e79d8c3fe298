package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Input that cannot be taken halts the run with a fault that says where it lies; the other tables are intact, and once it is mended the
/// run goes on from where it was.
class MendedInputTest {

    private static final String TABLES =
            "CREATE TABLE %s (id int PRIMARY KEY, n numeric, j jsonb, a int[], u uuid, t timestamptz, i interval, x xml, e text)";
    private static final String ROW =
            "(%d, 12.5, '{\"a\": \"mark-j\"}', '{1,2}', '6d61726b-2d75-0000-0000-000000000000', '2020-01-01', '1 day', '<a/>', 'mark-e')";

    private static final List<String> TYPED = List.of(
            "CREATE TYPE mood AS ENUM ('glad', 'sad')",
            "CREATE TABLE one (id int PRIMARY KEY, m mood)",
            "CREATE TABLE two (id int PRIMARY KEY)",
            "INSERT INTO one VALUES (1, 'sad')",
            "INSERT INTO two VALUES (1)",
            "CREATE TABLE kept (LIKE pg_type, PRIMARY KEY (oid))");
    private static final List<String> VANISH =
            List.of("INSERT INTO kept SELECT * FROM pg_type WHERE typname = 'mood'", "DELETE FROM pg_type WHERE typname = 'mood'");

    @TempDir
    Path folder;

    /// What a message can suffer on its way.
    private enum Damage {
        LENGTH("e", "mark-e", (message, at) -> message.putInt(at - 4, Integer.MAX_VALUE)),
        KIND("e", "mark-e", (message, at) -> message.put(at - 5, (byte) '?')),
        JSON("j", "\"mark-j\"", (message, at) -> message.put(at, (byte) '?')),
        TEXT("e", "mark-e", (message, at) -> message.put(at, (byte) 0xFF)),
        NUMBER("n", "{\"a\": \"mark-j\"}", (message, at) -> message.putShort(at - 1 - 5 - 4, (short) 30_000));

        private final String column;
        private final String mark;
        private final GarblingProxy.Garble garble;

        Damage(String column, String mark, GarblingProxy.Garble garble) {
            this.column = column;
            this.mark = mark;
            this.garble = garble;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_garbled_message_is_named_by_table_column_and_place_and_comes_again_whole(Damage damage) {
        try (Followed db = Followed.after(folder, TABLES.formatted("one"), TABLES.formatted("two"));
                GarblingProxy proxy = new GarblingProxy(db.source.port())) {
            db.source("INSERT INTO one VALUES " + ROW.formatted(1), "INSERT INTO two VALUES " + ROW.formatted(1));
            db.sync();
            db.source("INSERT INTO two (id) VALUES (2)", "INSERT INTO one VALUES " + ROW.formatted(2), "INSERT INTO two (id) VALUES (3)");
            proxy.garble(damage.mark, damage.garble);
            Fault fault = fault(db.connection.through(proxy.port()));
            assertThat(proxy.isDone()).isTrue();
            assertPlaced(fault);
            assertThat(fault.subject()).isEqualTo("public.one");
            assertThat(fault.description()).contains("olumn " + damage.column).doesNotContain("mark-");
            assertThat(fault.remedy()).containsIgnoringCase("run again");
            assertThat(db.copy("SELECT id FROM t_public.one")).containsExactly("1");
            assertThat(db.copy("SELECT id FROM t_public.two ORDER BY id")).isIn(List.of("1"), List.of("1", "2"));
            db.assertEqual();
        }
    }

    @Tag("long")
    @OnVersions({13, 17})
    void a_garbled_message_of_a_backlog_or_in_text_is_named_as_well(int version) {
        String table = "CREATE TABLE %s (id int PRIMARY KEY, k uuid UNIQUE, t text)";
        try (Followed db = Followed.after(version, folder, table.formatted("one"), table.formatted("two"));
                GarblingProxy proxy = new GarblingProxy(db.source.port())) {
            db.sync();
            db.source(
                    "INSERT INTO one SELECT i, NULL, repeat('x', 1000) FROM generate_series(1, 2000) AS i",
                    "INSERT INTO one VALUES (2001, '6d61726b-2d75-0000-0000-00000000000a', 'mark-t')");
            proxy.garble("mark-t", (message, at) -> message.put(at - 1 - 4 - 2, (byte) '?').put(at - 5, version < 14 ? (byte) 't' : 0));
            Fault fault = fault(db.connection.through(proxy.port()));
            assertThat(proxy.isDone()).isTrue();
            assertPlaced(fault);
            assertThat(fault.kind()).isEqualTo(FaultKind.LOG_DAMAGED);
            assertThat(fault.subject()).isEqualTo("public.one");
            db.assertEqual();
        }
    }

    @Test
    void a_key_that_became_null_halts_the_run_and_after_the_remedy_it_goes_on() {
        String table = "CREATE TABLE %s (k int NOT NULL, v text)";
        String identity = "ALTER TABLE %1$s ADD CONSTRAINT %1$s_k UNIQUE (k), REPLICA IDENTITY USING INDEX %1$s_k";
        try (Followed db = Followed.after(folder, table.formatted("one"), table.formatted("two"))) {
            for (String each : List.of("one", "two")) {
                db.source(identity.formatted(each), "INSERT INTO %s VALUES (1, 'a'), (2, 'b')".formatted(each));
            }
            db.sync();
            // ALTER TABLE refuses that; older releases did not.
            db.source("UPDATE pg_attribute SET attnotnull = false WHERE attrelid = 'one'::regclass AND attname = 'k'");
            db.transaction("UPDATE two SET v = 'c' WHERE k = 1", "UPDATE one SET k = NULL WHERE k = 1", "INSERT INTO two VALUES (3, 'd')");
            Fault fault = fault(db.connection);
            assertPlaced(fault);
            assertThat(fault.kind()).isEqualTo(FaultKind.REPLICA_IDENTITY_MISSING);
            assertThat(fault.subject()).isEqualTo("public.one");
            assertThat(fault.description()).contains("Column k", "public.one");
            assertThat(fault.remedy()).contains("NOT NULL", "`millrace resync` for public.one");
            assertThat(db.copy("SELECT k, v FROM t_public.two ORDER BY k")).containsExactly("1,a", "2,b");
            assertThat(db.copy("SELECT k, v FROM t_public.one ORDER BY k")).containsExactly("1,a", "2,b");
            db.source("UPDATE one SET k = 7 WHERE k IS NULL", "ALTER TABLE one ALTER k SET NOT NULL", "INSERT INTO one VALUES (8, 'e')");
            resync(db, "one");
            db.assertEqual();
        }
    }

    @Test
    void a_type_that_vanished_from_the_catalogue_halts_the_copy_and_after_the_remedy_it_goes_on() {
        try (Followed db = Followed.after(folder, TYPED.toArray(String[]::new))) {
            db.source(VANISH.toArray(String[]::new));
            Fault fault = fault(db.connection);
            assertThat(fault.kind()).isEqualTo(FaultKind.SOURCE_REFUSED);
            assertThat(fault.subject()).isEqualTo("public.one");
            assertThat(fault.description()).contains("Column m of public.one", "catalogue");
            assertThat(fault.remedy()).contains("ALTER TABLE \"public\".\"one\" DROP COLUMN \"m\"");
            db.source("ALTER TABLE one DROP COLUMN m", "INSERT INTO one VALUES (2)", "INSERT INTO two VALUES (2)");
            db.assertEqual();
        }
    }

    @Test
    void a_type_that_vanished_from_the_catalogue_loses_no_row_of_the_log() {
        try (Followed db = Followed.after(folder, TYPED.toArray(String[]::new))) {
            db.sync();
            db.source("INSERT INTO one VALUES (2, 'glad')");
            db.source(VANISH.toArray(String[]::new));
            db.sync();
            assertThat(db.warnings("one")).singleElement().asString().contains("Column m", "unknown type");
            assertThat(db.copy("SELECT id, m FROM t_public.one ORDER BY id")).containsExactly("1,sad", "2,glad");
            db.source("INSERT INTO pg_type SELECT * FROM kept", "INSERT INTO one VALUES (3, 'sad')", "INSERT INTO two VALUES (2)");
            db.assertEqual();
        }
    }

    @Test
    void a_narrowing_at_the_source_takes_nothing_from_rows_that_are_kept() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE one (id int PRIMARY KEY, v bigint)",
                "CREATE TABLE two (id int PRIMARY KEY, v bigint)",
                "INSERT INTO one VALUES (1, 5000000000), (2, 7)",
                "INSERT INTO two VALUES (1, 5000000000)")) {
            Followed history = db.withModes("one=HISTORY");
            history.sync();
            db.source("ALTER TABLE one ALTER v TYPE smallint USING v % 1000", "INSERT INTO one VALUES (3, 9)", "INSERT INTO two VALUES (2, 2)");
            history.assertEqual();
            assertThat(history.copy("SELECT id, v FROM t_public.one WHERE NOT _millrace_active")).containsExactly("1,5000000000");
            assertThat(history.copy("SELECT id, v FROM t_public.one WHERE _millrace_active ORDER BY id")).containsExactly("1,0", "2,7", "3,9");
        }
    }

    @Test
    void a_text_that_is_no_utf8_halts_the_run_and_after_the_remedy_it_goes_on() {
        String bytes = "convert_from('\\xff41', 'SQL_ASCII')";
        try (Followed db = Followed.published(
                TestPostgres.latest().newDatabase("TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"),
                folder,
                "FOR ALL TABLES",
                "CREATE TABLE one (id int PRIMARY KEY, v text)",
                "CREATE TABLE two (id int PRIMARY KEY)",
                "INSERT INTO one VALUES (1, 'a'), (2, %s)".formatted(bytes))) {
            Fault copying = fault(db.connection);
            assertThat(copying.kind()).isEqualTo(FaultKind.VALUE_UNFIT);
            assertThat(copying.subject()).isEqualTo("public.one");
            assertThat(copying.remedy()).contains("Mend the text at the source");
            db.source("UPDATE one SET v = 'b' WHERE id = 2", "INSERT INTO two VALUES (1)");
            db.assertEqual();
            db.transaction("INSERT INTO two VALUES (2)", "INSERT INTO one VALUES (3, %s)".formatted(bytes));
            Fault following = fault(db.connection);
            assertPlaced(following);
            assertThat(following.kind()).isEqualTo(FaultKind.VALUE_UNFIT);
            assertThat(following.remedy()).contains("millrace resync");
            assertThat(db.copy("SELECT id FROM t_public.two")).containsExactly("1");
        }
    }

    @Test
    void a_slot_that_is_made_anew_is_ahead_until_every_table_is_copied_anew() {
        try (Followed db = Followed.after(folder, "CREATE TABLE one (id int PRIMARY KEY)", "CREATE TABLE two (id int PRIMARY KEY)")) {
            db.source("INSERT INTO one VALUES (1), (2)", "INSERT INTO two VALUES (1)");
            db.sync();
            db.source(
                    "SELECT pg_drop_replication_slot('%s')".formatted(db.source.name()),
                    "INSERT INTO one VALUES (3)",
                    "DELETE FROM one WHERE id = 1",
                    "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(db.source.name()),
                    "INSERT INTO two VALUES (2)");
            assertThat(fault(db.connection).kind()).isEqualTo(FaultKind.SLOT_AHEAD);
            resync(db, "one");
            assertThat(fault(db.connection).kind()).isEqualTo(FaultKind.SLOT_AHEAD);
            resync(db, "two");
            db.assertEqual();
            db.source("INSERT INTO one VALUES (4)", "DELETE FROM two WHERE id = 1");
            db.assertEqual();
        }
    }

    private static void resync(Followed db, String table) {
        try (TestSync sync = db.connection.open(db.listener())) {
            sync.destination().requestCopy(new TableName("public", table));
        }
    }

    private static void assertPlaced(Fault fault) {
        assertThat(fault.span()).isPresent();
        assertThat(fault.description()).contains(fault.span().orElseThrow().after().toString());
    }

    private static Fault fault(TestConnection connection) {
        return catchThrowableOfType(Fault.class, () -> {
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
            }
        });
    }
}
