package dev.millrace.source.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.run.Limits;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.testkit.postgres.TestPostgres;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the log says of a table while the table changes, in both gears.
final class ShapesTest {

    static Stream<Limits> gears() {
        return Stream.of(LogFixture.STREAMING, LogFixture.PEEKING);
    }

    private static LogFixture fixture(String... sql) {
        LogFixture log = new LogFixture(TestPostgres.latest().newDatabase());
        log.database.execute(sql);
        return log.withSlot();
    }

    @ParameterizedTest
    @MethodSource("gears")
    void rows_have_the_columns_of_their_time(Limits gear) {
        try (LogFixture log = fixture("CREATE TABLE t (id int PRIMARY KEY, a text, b text)")) {
            log.database.execute(
                    "INSERT INTO t VALUES (1, 'a', 'b')",
                    "ALTER TABLE t DROP a",
                    "INSERT INTO t VALUES (2, 'b')",
                    "ALTER TABLE t ADD a bigint",
                    "INSERT INTO t VALUES (3, 'b', 9)",
                    "ALTER TABLE t RENAME b TO c",
                    "INSERT INTO t VALUES (4, 'c', 10)",
                    "ALTER TABLE t RENAME TO u",
                    "INSERT INTO u VALUES (5, 'c', 11)");
            try (ChangeFeed feed = log.open(gear)) {
                assertThat(log.read(feed)).containsExactly("INSERT u id=5 c=c a=11");
            }
            log.database.execute("ALTER TABLE u RENAME TO t");
            try (ChangeFeed feed = log.open(gear)) {
                log.database.execute("INSERT INTO t VALUES (6, 'd', 12)", "ALTER TABLE t DROP a", "INSERT INTO t VALUES (7, 'e')");
                assertThat(log.read(feed)).containsExactly("INSERT t id=6 c=d a=12", "INSERT t id=7 c=e");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("gears")
    void columns_that_are_left_out_are_dropped_from_old_and_new_rows(Limits gear) {
        Selection selection = new Selection() {
            @Override
            public boolean includes(TableName table) {
                return true;
            }

            @Override
            public boolean includes(TableName table, String column) {
                return !column.equals("secret");
            }
        };
        try (LogFixture log = fixture(
                "CREATE TABLE t (secret text, id int PRIMARY KEY, v text, g text GENERATED ALWAYS AS (v || '!') STORED)",
                "ALTER TABLE t REPLICA IDENTITY FULL")) {
            log.database.execute(
                    "INSERT INTO t VALUES ('s', 1, 'one')", "UPDATE t SET v = 'eins'", "UPDATE t SET secret = NULL", "DELETE FROM t",
                    "TRUNCATE t");
            try (ChangeFeed feed = log.source(gear, selection).openFeed(new LogPosition(log.confirmed()))) {
                assertThat(log.read(feed))
                        .containsExactly(
                                "INSERT t id=1 v=one",
                                "UPDATE t WHOLE id=1 v=one -> id=1 v=eins",
                                "UPDATE t WHOLE id=1 v=eins -> id=1 v=eins",
                                "DELETE t WHOLE id=1 v=eins",
                                "TRUNCATE t");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("gears")
    void a_table_that_is_not_selected_is_passed_over(Limits gear) {
        Selection selection = new Selection() {
            @Override
            public boolean includes(TableName table) {
                return table.table().equals("t");
            }

            @Override
            public boolean includes(TableName table, String column) {
                return true;
            }
        };
        try (LogFixture log = fixture("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)")) {
            log.database.execute("INSERT INTO u VALUES (1)", "INSERT INTO t VALUES (1)", "TRUNCATE t, u");
            try (ChangeFeed feed = log.source(gear, selection).openFeed(new LogPosition(log.confirmed()))) {
                assertThat(log.read(feed)).containsExactly("INSERT t id=1", "TRUNCATE t");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("gears")
    void a_column_without_a_binary_decoder_turns_the_log_to_text_without_loss(Limits gear) {
        try (LogFixture log = fixture("CREATE TABLE t (id int PRIMARY KEY, v text)")) {
            log.database.execute("INSERT INTO t VALUES (1, 'one')");
            try (ChangeFeed feed = log.open(gear)) {
                assertThat(log.read(feed)).containsExactly("INSERT t id=1 v=one");
                log.database.execute(
                        "INSERT INTO t VALUES (2, 'two')", "ALTER TABLE t ADD a regtype[]", "INSERT INTO t VALUES (3, 'three', '{int4,text}')",
                        "INSERT INTO t VALUES (4, 'four', NULL)");
                assertThat(log.read(feed))
                        .containsExactly("INSERT t id=2 v=two", "INSERT t id=3 v=three a={integer,text}", "INSERT t id=4 v=four a=null");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("gears")
    void a_key_that_moves_to_other_columns_is_the_key_of_its_time(Limits gear) {
        try (LogFixture log = fixture("CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL)")) {
            log.database.execute(
                    "INSERT INTO t VALUES (1, 'one')", "DELETE FROM t", "ALTER TABLE t DROP CONSTRAINT t_pkey", "ALTER TABLE t ADD PRIMARY KEY (v)",
                    "INSERT INTO t VALUES (2, 'two')", "DELETE FROM t");
            try (ChangeFeed feed = log.open(gear)) {
                assertThat(log.read(feed))
                        .containsExactly(
                                "INSERT t id=1 v=one", "DELETE t KEY id=1 v=null", "INSERT t id=2 v=two", "DELETE t KEY id=null v=two");
            }
        }
    }
}
