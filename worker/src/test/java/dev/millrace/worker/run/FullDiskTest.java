package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is full at the destination: the run ends with a fault, nothing is half written, and with room it goes on.
@Tag("duckdb")
class FullDiskTest {

    private static final long SMALL = 2 << 20;
    private static final String FILL = "INSERT INTO notes SELECT i, (SELECT string_agg(md5((i * 100 + j)::text), '')"
            + " FROM generate_series(1, 30) j) FROM generate_series(%d, %d) i";

    @TempDir
    Path folder;

    @Test
    void a_disk_that_is_full_during_the_first_copy() throws Exception {
        try (TestDatabase db = database()) {
            fill(db);
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            TestConnection connection = TestConnection.of(db, folder);

            assertThat(runWithSmallDisk(connection)).contains("DESTINATION_FULL");

            assertEqualOnceThereIsRoom(connection);
        }
    }

    @Test
    void a_disk_that_is_full_while_changes_are_followed() throws Exception {
        try (TestDatabase db = database()) {
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            TestConnection connection = TestConnection.of(db, folder);
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
            }
            fill(db);

            assertThat(runWithSmallDisk(connection)).contains("DESTINATION_FULL");

            assertEqualOnceThereIsRoom(connection);
        }
    }

    @Test
    void a_disk_that_is_full_while_a_large_transaction_is_kept_aside() throws Exception {
        try (TestDatabase db = database()) {
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            TestConnection connection = TestConnection.of(db, folder);
            db.execute(FILL.formatted(1, 10_000));

            assertThat(runWithSmallDisk(connection)).contains("SPOOL_UNUSABLE");

            assertEqualOnceThereIsRoom(connection);
        }
    }

    private String runWithSmallDisk(TestConnection connection) throws Exception {
        Path log = folder.resolve("log");
        try (SyncProcess process = SyncProcess.startWithSmallDisk(connection, log, SMALL)) {
            process.awaitEnd(TimeUnit.SECONDS.toNanos(60));
            assertThat(process.isAlive()).as("still alive; it printed %s", Files.readString(log)).isFalse();
            assertThat(process.exitCode()).as("it printed %s", Files.readString(log)).isEqualTo(1);
        }
        return Files.readString(log);
    }

    private static void assertEqualOnceThereIsRoom(TestConnection connection) {
        try (TestSync sync = connection.open(_ -> {})) {
            sync.upToNow();
            assertThat(sync.verify().proven()).isTrue();
        }
    }

    private static TestDatabase database() {
        TestDatabase db = TestPostgres.latest().newDatabase();
        db.execute("CREATE TABLE notes (id int PRIMARY KEY, body text)");
        return db;
    }

    /// Writes 10 MB in transactions that are small enough not to be spooled into large files.
    private static void fill(TestDatabase db) {
        for (int first = 1; first < 10_000; first += 500) {
            db.execute(FILL.formatted(first, first + 499));
        }
    }
}
