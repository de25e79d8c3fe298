package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.Destination;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables in LIVE and HISTORY mode, from a real source to the rows that a reader sees.
class ModesTest {

    @TempDir
    Path folder;

    @Tag("duckdb")
    @Test
    void a_live_table_has_the_rows_of_the_source_and_no_others() throws SQLException {
        try (TestDatabase db = source()) {
            TestConnection connection = TestConnection.of(db, folder).withModes("orders=LIVE visits=LIVE");
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
                change(db);
                sync.upToNow();
                assertThat(query(sync, "SELECT id, state FROM t_public.orders ORDER BY id")).containsExactly("2|paid", "5|new");
                assertThat(query(sync, "SELECT page FROM t_public.visits ORDER BY page")).containsExactly("a", "c");
                assertThat(columns(sync)).containsExactly("id", "state", "note", "_millrace_synced");
                assertThat(sync.verify().proven()).isTrue();
            }
        }
    }

    @Tag("duckdb")
    @Test
    void a_history_has_every_version_with_the_times_of_the_source() throws SQLException {
        try (TestDatabase db = source()) {
            TestConnection connection = TestConnection.of(db, folder).withModes("orders=HISTORY visits=HISTORY");
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
                String before = db.value("SELECT extract(epoch FROM clock_timestamp())");
                change(db);
                String after = db.value("SELECT extract(epoch FROM clock_timestamp())");
                sync.upToNow();
                assertThat(query(sync, "SELECT id, state, _millrace_active FROM t_public.orders ORDER BY id, _millrace_start"))
                        .containsExactly("1|new|false", "2|new|false", "2|sent|false", "2|paid|true", "3|new|false", "5|new|true");
                assertThat(query(sync, "SELECT page, _millrace_active FROM t_public.visits ORDER BY ALL"))
                        .containsExactly("a|false", "a|true", "b|false", "c|true");
                assertThat(query(sync, """
                        SELECT count(*) FROM t_public.orders
                        WHERE state <> 'new' AND epoch(_millrace_start) NOT BETWEEN %s AND %s + 0.1""".formatted(before, after)))
                        .containsExactly("0");
                assertThat(query(sync, "SELECT DISTINCT length(note) FROM t_public.orders WHERE id = 2")).containsExactly("40000");
                assertThat(query(sync, "SELECT DISTINCT epoch(_millrace_end)::BIGINT FROM t_public.orders WHERE _millrace_active"))
                        .containsExactly(Long.toString(Destination.OPEN_END.getEpochSecond()));
                assertThat(query(sync, OVERLAPS.formatted("orders"))).containsExactly("0");
                assertThat(sync.verify().proven()).isTrue();
            }
        }
    }

    @Test
    void a_mode_that_changes_turns_the_rows_that_are_there() throws SQLException {
        try (TestDatabase db = source()) {
            TestConnection connection = TestConnection.of(db, folder);
            List<String> modes = List.of("SOFT_DELETE", "HISTORY", "LIVE", "SOFT_DELETE", "LIVE", "HISTORY", "SOFT_DELETE");
            int id = 100;
            for (String mode : modes) {
                List<String> events = new ArrayList<>();
                try (TestSync sync = connection.withModes("orders=%1$s visits=%1$s".formatted(mode))
                        .open(event -> events.add(event.getClass().getSimpleName()))) {
                    sync.upToNow();
                    db.execute("INSERT INTO orders VALUES (%d, 'x', 'n'), (%d, 'y', 'n')".formatted(id, id + 1));
                    db.execute("UPDATE orders SET state = 'z' WHERE id = " + id);
                    db.execute("DELETE FROM orders WHERE id = " + (id + 1));
                    db.execute("DELETE FROM visits WHERE ctid = (SELECT min(ctid) FROM visits)");
                    db.execute("INSERT INTO visits VALUES ('v%d')".formatted(id));
                    sync.upToNow();
                    assertThat(sync.verify().proven()).as(mode).isTrue();
                    assertThat(events.contains("CopyStarted")).isEqualTo(id == 100);
                    id += 10;
                }
            }
        }
    }

    /// Versions that end before they start, or that begin before the one before has ended.
    static final String OVERLAPS =
            """
            SELECT count(*) FROM (SELECT _millrace_start AS s, _millrace_end AS e, lag(_millrace_end) OVER
                (PARTITION BY id ORDER BY _millrace_start) AS before FROM t_public.%s) WHERE e < s OR before >= s""";

    private static TestDatabase source() {
        TestDatabase db = TestPostgres.latest().newDatabase();
        db.execute("CREATE TABLE orders (id int PRIMARY KEY, state text, note text)");
        db.execute("ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTERNAL");
        db.execute("CREATE TABLE visits (page text)");
        db.execute("ALTER TABLE visits REPLICA IDENTITY FULL");
        db.execute("INSERT INTO orders SELECT i, 'new', repeat('x', 40000) FROM generate_series(1, 3) i");
        db.execute("INSERT INTO visits VALUES ('a'), ('a'), ('b')");
        db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
        return db;
    }

    private static void change(TestDatabase db) {
        db.execute("UPDATE orders SET state = 'sent' WHERE id = 2");
        db.execute("UPDATE orders SET state = 'paid' WHERE id = 2");
        db.execute("DELETE FROM orders WHERE id = 1");
        db.execute("UPDATE orders SET id = 5 WHERE id = 3");
        db.execute("DELETE FROM visits WHERE ctid = (SELECT min(ctid) FROM visits)");
        db.execute("UPDATE visits SET page = 'c' WHERE page = 'b'");
    }

    private static List<String> columns(TestSync sync) throws SQLException {
        return query(sync, "SELECT column_name FROM duckdb_columns() WHERE table_name = 'orders' ORDER BY column_index");
    }

    private static List<String> query(TestSync sync, String sql) throws SQLException {
        try (Connection session = sync.session();
                Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                List<String> fields = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    fields.add(String.valueOf(rows.getObject(i)));
                }
                lines.add(String.join("|", fields));
            }
            return lines;
        }
    }
}
