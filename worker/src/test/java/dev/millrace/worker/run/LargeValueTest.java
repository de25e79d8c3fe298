package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeValueTest {

    private static final int MEGABYTES = Integer.getInteger("millrace.test.megabytes", 64);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void a_large_value_passes_by_copy_and_by_log() throws SQLException {
        int size = MEGABYTES << 20;
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            String insert = "INSERT INTO t SELECT %d, string_agg(md5(i::text), '') FROM generate_series(1, " + size / 32 + ") AS i";
            db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", insert.formatted(1));
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            try (TestSync sync = TestConnection.of(db, folder).open(_ -> {})) {
                sync.upToNow();
                db.execute(insert.formatted(2));
                sync.upToNow();
                List<String> there = List.of(db.value("SELECT md5(v) FROM t WHERE id = 1"), db.value("SELECT md5(v) FROM t WHERE id = 2"));
                try (Connection session = sync.destination().openSession();
                        Statement statement = session.createStatement();
                        ResultSet row = statement.executeQuery("SELECT id, md5(v), strlen(v) FROM t_public.t ORDER BY id")) {
                    for (String digest : there) {
                        assertThat(row.next()).isTrue();
                        assertThat(row.getString(2)).isEqualTo(digest);
                        assertThat(row.getLong(3)).isEqualTo(size);
                    }
                }
            }
        }
    }
}
