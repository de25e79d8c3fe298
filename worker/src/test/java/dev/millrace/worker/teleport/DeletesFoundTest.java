package dev.millrace.worker.teleport;

import static dev.millrace.worker.teleport.IndexedTable.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Tuple;
import dev.millrace.destination.duckdb.fingerprint.DuckFingerprints;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletesFoundTest {

    @Test
    void scan_after_scan_finds_what_is_gone_once(@TempDir Path folder) throws SQLException {
        try (TestDatabase db = TestPostgres.latest().newDatabase();
                DuckFingerprints index = DuckFingerprints.open(folder.resolve("keys.duckdb"));
                IndexedTable notes = new IndexedTable(db, index)) {
            db.execute("CREATE TABLE notes (id bigint PRIMARY KEY)", "INSERT INTO notes SELECT i * 7919 FROM generate_series(1, 400000::bigint) i");
            index.begin(NOTES);
            notes.learn("id % 2 = 0");
            notes.learn("id % 3 > 0");
            notes.learn("id % 2 = 1");
            index.promise(List.of(NOTES), "p0");
            index.confirm("p0");
            assertThat(index.count(NOTES)).isEqualTo(400_000);
            int scan = 0;
            for (String condition : List.of("id = 7919", "id / 7919 % 100 = 1", "id / 7919 % 4 = 2", "false", "id > 7919 * 395000::bigint", "true")) {
                Set<Long> expected = new TreeSet<>();
                db.query("SELECT id FROM notes WHERE " + condition).forEach(row -> expected.add(Long.valueOf(String.valueOf(row.getFirst()))));
                db.execute("DELETE FROM notes WHERE " + condition, "INSERT INTO notes VALUES (-%d)".formatted(++scan));
                notes.learn("id < 0");
                Set<Long> gone = new TreeSet<>();
                long vanished = notes.diff(key -> gone.add(Tuple.int64(key.key(), 0))).vanished();
                assertThat(gone.equals(expected)).as(condition).isTrue();
                assertThat(vanished).as(condition).isEqualTo(expected.size());
                index.promise(List.of(NOTES), "p" + scan);
                index.confirm("p" + scan);
            }
            assertThat(index.count(NOTES)).isEqualTo(1);
        }
    }
}
