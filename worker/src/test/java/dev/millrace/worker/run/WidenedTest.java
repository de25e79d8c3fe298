package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One of each kind of value that does not fit its column: nothing is lost, and everybody is told.
class WidenedTest {

    private static final List<String> COLUMNS = List.of("n", "p", "t", "z", "i", "j", "a", "b", "l");
    private static final String VALUES =
            "('NaN', 'NaN', '294276-12-31 23:59:59', '294276-12-31 23:59:59+00', 'infinity', '\"\\ud800\"', '{{1},{2}}', '[0:0]={x}', '{NaN}')";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static TableName table(String name) {
        return new TableName("public", name);
    }

    private static List<WidenedColumn> expected(String name, long values) {
        return COLUMNS.stream().sorted().map(column -> new WidenedColumn(table(name), column, values)).toList();
    }

    @Tag("duckdb")
    @Test
    void columns_that_become_text_are_told_of_by_the_run_and_remembered() throws SQLException {
        List<RunEvent> events = new CopyOnWriteArrayList<>();
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            for (String name : List.of("copied", "logged")) {
                db.execute("""
                        CREATE TABLE %s (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n numeric, p numeric(5, 2), t timestamp, z timestamptz,
                            i interval, j json, a int[], b text[], l numeric(5, 2)[])""".formatted(name));
                db.execute("INSERT INTO %s (n) VALUES (1), (2)".formatted(name));
            }
            String insert = "INSERT INTO %s (n, p, t, z, i, j, a, b, l) VALUES " + VALUES;
            db.execute(insert.formatted("copied"), insert.formatted("copied"));
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            try (TestSync sync = TestConnection.of(db, folder).open(events::add)) {
                assertThat(sync.upToNow().widened()).containsExactlyInAnyOrderElementsOf(expected("copied", 2));
                db.execute(insert.formatted("logged"));
                assertThat(sync.upToNow().widened()).containsExactlyInAnyOrderElementsOf(expected("logged", 1));
                db.execute(insert.formatted("logged"));
                assertThat(sync.upToNow().widened()).isEmpty();
                assertThat(sync.verify().proven()).isTrue();
                try (CopyReader reader = sync.destination().reader()) {
                    assertThat(reader.widened()).hasSize(2 * COLUMNS.size()).containsAll(expected("logged", 1));
                }
            }
            try (TestSync sync = TestConnection.of(db, folder).open(events::add)) {
                assertThat(sync.destination().widened()).containsAll(expected("copied", 2));
            }
        }
        assertThat(events.stream().filter(RunEvent.ColumnWidened.class::isInstance)).hasSize(2 * COLUMNS.size());
    }
}
