package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows with one large value; how large is `-Dmillrace.test.megabytes`, 64 by default and 400 in the build's profile `large-rows`.
class LargeValueTest {

    private static final int MEGABYTES = Integer.getInteger("millrace.test.megabytes", 64);
    private static final int SMALL_HEAP_MEGABYTES = 48;

    @TempDir
    Path folder;

    @Test
    void a_large_value_passes_by_copy_and_by_log() throws SQLException {
        int size = MEGABYTES << 20;
        try (TestDatabase db = database()) {
            insert(db, 1, size);
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            try (TestSync sync = TestConnection.of(db, folder).open(_ -> {})) {
                sync.upToNow();
                insert(db, 2, size);
                sync.upToNow();
                assertSame(db, sync, size);
            }
        }
    }

    @Test
    void a_row_that_is_too_large_for_the_heap_ends_the_copy_with_a_fault_and_passes_once_there_is_more() throws Exception {
        int size = SMALL_HEAP_MEGABYTES << 20;
        try (TestDatabase db = database()) {
            insert(db, 1, size);
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            assertThat(runWithSmallHeap(TestConnection.of(db, folder))).contains("MEMORY_FULL: A row of public.t", "-Xmx2g");
            passes(db, size);
        }
    }

    @Test
    void a_row_that_is_too_large_for_the_heap_ends_the_following_with_a_fault_and_passes_once_there_is_more() throws Exception {
        int size = SMALL_HEAP_MEGABYTES << 20;
        try (TestDatabase db = database()) {
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            try (TestSync sync = TestConnection.of(db, folder).open(_ -> {})) {
                sync.upToNow();
            }
            insert(db, 1, size);
            assertThat(runWithSmallHeap(TestConnection.of(db, folder))).contains("MEMORY_FULL: A row of the log", "It was met in the log ", "-Xmx2g");
            passes(db, size);
        }
    }

    private void passes(TestDatabase db, int size) throws SQLException {
        try (TestSync sync = TestConnection.of(db, folder).open(_ -> {})) {
            sync.upToNow();
            assertSame(db, sync, size);
        }
    }

    private String runWithSmallHeap(TestConnection connection) throws Exception {
        Path log = folder.resolve("log");
        try (SyncProcess process = SyncProcess.startWithHeap(connection, log, SMALL_HEAP_MEGABYTES)) {
            process.awaitEnd(TimeUnit.SECONDS.toNanos(60));
            assertThat(process.isAlive()).as("still alive; it printed %s", Files.readString(log)).isFalse();
            assertThat(process.exitCode()).as("it printed %s", Files.readString(log)).isEqualTo(1);
        }
        return Files.readString(log);
    }

    private static TestDatabase database() {
        TestDatabase db = TestPostgres.latest().newDatabase();
        db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "ALTER TABLE t ALTER v SET STORAGE EXTERNAL");
        return db;
    }

    private static void insert(TestDatabase db, int id, int size) {
        db.execute("INSERT INTO t VALUES (%d, repeat(md5('%1$d'), %d))".formatted(id, size / 32));
    }

    private static void assertSame(TestDatabase db, TestSync sync, int size) throws SQLException {
        try (Connection session = sync.session();
                Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, md5(v), strlen(v) FROM t_public.t ORDER BY id")) {
            for (List<@Nullable String> there : db.query("SELECT id, md5(v) FROM t ORDER BY id")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo(there.get(0));
                assertThat(row.getString(2)).isEqualTo(there.get(1));
                assertThat(row.getLong(3)).isEqualTo(size);
            }
            assertThat(row.next()).isFalse();
        }
    }
}
