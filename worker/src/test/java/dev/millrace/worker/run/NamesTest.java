package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.TableName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Names that are not plain, from a real source to the names that a reader sees.
@Tag("long")
class NamesTest {

    /// Names for schemas, tables and columns alike. PostgreSQL keeps them all apart.
    private static final List<String> NAMES = List.of(
            "plain",
            "mixedCase",
            "mixed_case",
            "MIXEDCASE",
            "mixedcase",
            "select",
            "TABLE",
            "a.b",
            "a_b",
            "with space",
            "with \"quotes\"",
            "it's",
            "back\\slash",
            "per%cent;--",
            "x".repeat(63),
            "X" + "x".repeat(62),
            "é".repeat(31),
            "Größe",
            "größe",
            "GRÖSSE",
            "名前",
            "住所",
            "😀",
            "😁",
            "İ",
            "i",
            "ΟΔΟΣ",
            "1st",
            "_1st",
            "_under",
            "__under",
            "under",
            "*",
            "_",
            "__",
            " ",
            "\t",
            "~/0");

    /// Names of our own things, and of what statements call their parts.
    private static final List<String> OURS = List.of(
            "_millrace_synced",
            "_MILLRACE_DELETED",
            "_millrace_id",
            "_millrace_start",
            "_millrace_unfit",
            "__millrace_synced",
            "millrace n",
            "millrace place",
            "millrace renamed a",
            "c0",
            "id",
            "a",
            "e",
            "f",
            "i",
            "k",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "at",
            "key",
            "live",
            "place",
            "moment",
            "epoch",
            "closing",
            "follower",
            "excluded",
            "rowid");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void tables_with_any_names_are_copied_and_followed(Naming naming) {
        List<String> begin = new ArrayList<>();
        List<String> change = new ArrayList<>();
        for (String name : NAMES) {
            String table = TableName.quote(name);
            begin.add("CREATE TABLE %s (id int PRIMARY KEY, v text)".formatted(table));
            begin.add("INSERT INTO %s SELECT g, '%s' FROM generate_series(1, 3) g".formatted(table, name.replace("'", "''")));
            change.add("UPDATE %s SET v = v || '!' WHERE id = 1".formatted(table));
            change.add("DELETE FROM %s WHERE id = 2".formatted(table));
        }
        begin.add("CREATE TABLE _millrace_copy_of_plain AS SELECT 1 AS a");
        begin.add("ALTER TABLE _millrace_copy_of_plain REPLICA IDENTITY FULL");
        try (Followed db = Followed.after(folder, begin.toArray(String[]::new)).by(naming)) {
            db.assertEqual();
            Map<String, String> names = tables(db);
            assertThat(names.values().stream().map(name -> name.toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
            db.source(change.toArray(String[]::new));
            db.assertEqual();
            assertThat(tables(db)).isEqualTo(names);
            if (naming == Naming.SOURCE_NAMING) {
                assertThat(db.copy("SELECT v FROM t_public.\"with \"\"quotes\"\"\" WHERE id = 1")).containsExactly("with \"quotes\"!");
                assertThat(names).containsEntry("_millrace_copy_of_plain", "t_public.__millrace_copy_of_plain");
            } else {
                assertThat(names.values()).allSatisfy(name -> assertThat(name).matches("t_public\\.[a-z0-9_]+"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void columns_with_any_names_are_copied_and_followed_in_every_mode(Naming naming) {
        List<String> columns = new ArrayList<>(NAMES);
        OURS.stream().filter(name -> !NAMES.contains(name)).forEach(columns::add);
        String begin = columns.stream().map(name -> TableName.quote(name) + " numeric").collect(Collectors.joining(", "));
        String ones = columns.stream().map(_ -> "g").collect(Collectors.joining(", "));
        String key = "PRIMARY KEY (%s, %s)".formatted(TableName.quote("mixedCase"), TableName.quote("mixed_case"));
        List<String> sql = new ArrayList<>();
        List<String> change = new ArrayList<>();
        for (String mode : List.of("soft", "live", "hist")) {
            sql.add("CREATE TABLE %s (%s, big text, %s)".formatted(mode, begin, key));
            sql.add("CREATE TABLE %s_log (%s, big text)".formatted(mode, begin));
            sql.add("ALTER TABLE %s_log REPLICA IDENTITY FULL".formatted(mode));
            for (String table : List.of(mode, mode + "_log")) {
                sql.add("ALTER TABLE %s ALTER big SET STORAGE EXTERNAL".formatted(table));
                sql.add("INSERT INTO %s SELECT %s, repeat('x', 5000) FROM generate_series(1, 5) g".formatted(table, ones));
                sql.add("UPDATE %s SET \"*\" = 'NaN', \"~/0\" = 'NaN', \"with \"\"quotes\"\"\" = 'NaN' WHERE a = 2".formatted(table));
                change.add("UPDATE %s SET _millrace_synced = 7, \"i\" = 8, \"İ\" = 9 WHERE a = 1".formatted(table));
                change.add("UPDATE %s SET \"mixedCase\" = 50, closing = 'NaN' WHERE a = 3".formatted(table));
                change.add("DELETE FROM %s WHERE a = 4".formatted(table));
                change.add("INSERT INTO %s SELECT %s, 'new' FROM generate_series(8, 9) g".formatted(table, ones));
            }
        }
        try (Followed db = Followed.after(folder, sql.toArray(String[]::new)).by(naming)) {
            db.in("soft=SOFT_DELETE soft_log=SOFT_DELETE live=LIVE live_log=LIVE hist=HISTORY hist_log=HISTORY");
            db.assertEqual();
            db.source(change.toArray(String[]::new));
            db.assertEqual();
            db.in("soft=HISTORY soft_log=HISTORY live=SOFT_DELETE live_log=SOFT_DELETE hist=LIVE hist_log=LIVE");
            db.assertEqual();
            resync(db);
            db.source("UPDATE soft SET a = 100 WHERE a = 1", "UPDATE soft_log SET a = 100 WHERE a = 1", "DELETE FROM soft WHERE a = 2");
            db.assertEqual();
            db.in("soft=SOFT_DELETE soft_log=SOFT_DELETE live=HISTORY live_log=HISTORY hist=HISTORY hist_log=HISTORY");
            db.assertEqual();
            resync(db);
            db.assertEqual();
        }
    }

    private static void resync(Followed db) {
        try (TestSync sync = db.connection.open(db.listener())) {
            sync.destination().recall().tables().keySet().forEach(sync.destination()::requestCopy);
        }
    }

    @ParameterizedTest
    @EnumSource
    void schemas_with_any_names_are_copied_and_followed(Naming naming) {
        List<String> begin = new ArrayList<>();
        List<String> change = new ArrayList<>();
        for (String name : NAMES) {
            String schema = TableName.quote(name);
            begin.add("CREATE SCHEMA " + schema);
            begin.add("CREATE TABLE %s.t (id int PRIMARY KEY)".formatted(schema));
            begin.add("INSERT INTO %s.t VALUES (1), (2)".formatted(schema));
            change.add("UPDATE %s.t SET id = 3 WHERE id = 2".formatted(schema));
        }
        try (Followed db = Followed.after(folder, begin.toArray(String[]::new)).by(naming)) {
            db.assertEqual();
            db.source(change.toArray(String[]::new));
            db.assertEqual();
        }
    }

    @Test
    void names_that_become_one_by_the_rules_get_numbers_and_warnings() {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE \"userData\" (\"Id\" int PRIMARY KEY, id int)",
                        "CREATE TABLE \"user.data\" (a int PRIMARY KEY)",
                        "CREATE TABLE user_data (a int PRIMARY KEY)",
                        "INSERT INTO \"userData\" VALUES (1, 2)",
                        "INSERT INTO \"user.data\" VALUES (1), (2)")
                .by(Naming.FIVETRAN_NAMING)) {
            db.assertEqual();
            assertThat(tables(db))
                    .containsEntry("user_data", "t_public.user_data")
                    .containsEntry("user.data", "t_public.user_data_2")
                    .containsEntry("userData", "t_public.user_data_3");
            assertThat(db.warnings("user_data")).isEmpty();
            assertThat(db.warnings("userData"))
                    .anySatisfy(warning -> assertThat(warning).contains("t_public.user_data_3"))
                    .anySatisfy(warning -> assertThat(warning).contains("column Id is called id_2"));
            assertThat(db.copy("SELECT id_2, id FROM t_public.user_data_3")).containsExactly("1,2");
        }
    }

    @Test
    void a_name_stays_through_restarts_and_whatever_becomes_of_the_others() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE \"Orders\" (id int PRIMARY KEY, v text)",
                "CREATE TABLE orders (id int PRIMARY KEY, v text)",
                "INSERT INTO \"Orders\" VALUES (1, 'upper')",
                "INSERT INTO orders VALUES (1, 'lower')")) {
            db.assertEqual();
            db.source("DROP TABLE \"Orders\"", "UPDATE orders SET v = 'still lower'");
            db.assertEqual();
            assertThat(db.copy("SELECT v FROM t_public.orders_2")).containsExactly("still lower");
            assertThat(db.copy("SELECT v FROM t_public.\"Orders\"")).containsExactly("upper");

            db.source("CREATE TABLE \"ORDERS\" (id int PRIMARY KEY)", "CREATE TABLE \"Orders\" (id int PRIMARY KEY, v text)",
                    "INSERT INTO \"Orders\" VALUES (2, 'new')");
            db.assertEqual();
            assertThat(tables(db))
                    .isEqualTo(Map.of("Orders", "t_public.Orders", "orders", "t_public.orders_2", "ORDERS", "t_public.ORDERS_3"));
            assertThat(db.copy("SELECT v FROM t_public.\"Orders\" WHERE NOT _millrace_deleted")).containsExactly("new");

            db.source("DROP TABLE orders", "ALTER TABLE \"Orders\" RENAME TO orders");
            db.assertEqual();
            assertThat(tables(db)).containsEntry("orders", "t_public.orders_2").doesNotContainKey("Orders");
            assertThat(db.copy("SELECT v FROM t_public.orders_2 WHERE NOT _millrace_deleted")).containsExactly("new");
        }
    }

    @ParameterizedTest
    @EnumSource
    void columns_that_are_renamed_into_one_another_keep_their_own_values(Naming naming) {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE t (id int PRIMARY KEY, \"userName\" text, note text)",
                        "CREATE TABLE log (\"userName\" text, note text)",
                        "ALTER TABLE log REPLICA IDENTITY FULL",
                        "INSERT INTO t SELECT g, 'u' || g, 'n' || g FROM generate_series(1, 9) g",
                        "INSERT INTO log SELECT 'u' || g, 'n' || g FROM generate_series(1, 9) g")
                .by(naming)) {
            db.assertEqual();
            db.source("ALTER TABLE t RENAME note TO \"USERNAME\"", "ALTER TABLE log RENAME note TO \"USERNAME\"");
            db.assertEqual();
            db.source("UPDATE t SET \"USERNAME\" = 'x' WHERE id = 1");
            db.assertEqual();
            db.source("ALTER TABLE t RENAME \"USERNAME\" TO user_name", "ALTER TABLE log RENAME \"USERNAME\" TO user_name");
            db.assertEqual();
            db.source("ALTER TABLE t RENAME \"userName\" TO \"UserName\"", "INSERT INTO t VALUES (20, 'a', 'b')");
            db.assertEqual();
            db.source(
                    "ALTER TABLE t RENAME \"UserName\" TO x",
                    "ALTER TABLE t RENAME user_name TO \"UserName\"",
                    "ALTER TABLE t RENAME x TO user_name",
                    "UPDATE t SET user_name = 'swapped' WHERE id = 2");
            db.assertEqual();
            db.source(
                    "ALTER TABLE t DROP user_name",
                    "ALTER TABLE t ADD \"username\" int DEFAULT 5",
                    "ALTER TABLE log ADD \"UserName\" text DEFAULT 'd'");
            db.assertEqual();
            db.source("ALTER TABLE t ADD user_name text DEFAULT 'again'", "DELETE FROM t WHERE id = 3");
            db.assertEqual();
            assertThat(db.copy("SELECT count(*) FROM t_public.t WHERE NOT _millrace_deleted")).containsExactly("9");
        }
    }

    @Test
    void a_column_that_is_renamed_in_case_only_keeps_its_place() {
        try (Followed db = Followed.after(folder, "CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')")) {
            db.assertEqual();
            db.source("ALTER TABLE t RENAME v TO \"V\"");
            db.assertEqual();
            assertThat(columns(db, "t")).isEqualTo(Map.of("id", "id", "V", "V"));
            assertThat(db.copy("SELECT column_name FROM duckdb_columns() WHERE table_name = 't' AND schema_name = 't_public' LIMIT 2"))
                    .containsExactly("id", "V");
            assertThat(db.begunAnew()).isEmpty();
        }
    }

    @Test
    void letters_that_duckdb_can_tell_apart_need_no_number() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE \"Äb\" (\"İ\" int PRIMARY KEY, i int, \"ΟΔΟΣ\" text)",
                "CREATE TABLE \"äb\" (id int PRIMARY KEY)",
                "INSERT INTO \"Äb\" VALUES (1, 2, 'x')",
                "INSERT INTO \"äb\" VALUES (3), (4)")) {
            db.assertEqual();
            assertThat(tables(db)).isEqualTo(Map.of("Äb", "t_public.Äb", "äb", "t_public.äb"));
            assertThat(db.copy("SELECT count(*) FROM t_public.\"äb\"")).containsExactly("2");
        }
    }

    @Test
    void the_rules_cannot_be_changed_once_something_is_copied() {
        try (Followed db = Followed.after(folder, "CREATE TABLE \"userData\" (id int PRIMARY KEY)")) {
            db.assertEqual();
            db.by(Naming.FIVETRAN_NAMING);
            assertThatThrownBy(db::sync).isInstanceOf(Fault.class).hasMessageContaining("destination_schema_names");
            db.by(Naming.SOURCE_NAMING);
            db.assertEqual();
        }
    }

    private static Map<String, String> tables(Followed db) {
        Map<String, String> tables = new TreeMap<>();
        names(db).forEach((table, names) -> tables.put(table.table(), names.table().toString()));
        return tables;
    }

    private static Map<String, String> columns(Followed db, String table) {
        return Optional.ofNullable(names(db).get(new TableName("public", table))).orElseThrow().columns();
    }

    private static Map<TableName, TargetNames> names(Followed db) {
        try (TestSync sync = db.connection.open(db.listener())) {
            Map<TableName, TargetNames> names = new TreeMap<>();
            sync.destination().recall().tables().forEach((table, known) -> names.put(table, known.names()));
            return names;
        }
    }
}
