package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.history.HistoryTables;
import dev.millrace.testkit.history.HistoryWriter;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A hot standby as the source.
class StandbyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"PRIMARY KEY,SOFT_DELETE", "PRIMARY KEY,HISTORY", "NOT NULL,SOFT_DELETE"})
    void a_transaction_that_was_open_when_a_table_was_copied_arrives_once(String key, String mode) throws SQLException {
        try (DedicatedPostgres primary = TestPostgres.dedicated(17, Map.of());
                StandbyPostgres standby = primary.standby(Map.of("hot_standby_feedback", "on"))) {
            TestDatabase there = primary.newDatabase();
            there.execute(
                    "CREATE TABLE orders (id int %s, what text)".formatted(key),
                    "ALTER TABLE orders REPLICA IDENTITY FULL",
                    "CREATE TABLE others (id int PRIMARY KEY)",
                    "CREATE PUBLICATION pub FOR TABLE orders");
            TestDatabase here = standby.database(there);
            standby.createSlot(here, here.name());
            try (Connection open = there.session(); Statement statement = open.createStatement()) {
                open.setAutoCommit(false);
                statement.execute("INSERT INTO orders SELECT i, 'open' FROM generate_series(1, 10) i");
                there.execute("INSERT INTO orders VALUES (11, 'committed')", "INSERT INTO others VALUES (1)");
                standby.awaitReplay();

                AtomicBoolean arrived = new AtomicBoolean();
                RunListener commitBehindTheCopy = event -> {
                    switch (event) {
                        case RunEvent.RangeLoaded _ -> {
                            commit(open);
                            // Now the log brings the transaction while the table is still being copied.
                            Eventually.within(PATIENCE, "the open transaction has arrived", arrived::get);
                        }
                        case RunEvent.BatchWritten written when written.changes() > 1 -> arrived.set(true);
                        default -> {}
                    }
                };
                TestConnection connection = TestConnection.of(here, folder).withModes("orders=" + mode);
                try (TestSync sync = connection.open(commitBehindTheCopy)) {
                    sync.upToNow();
                    assertThat(sync.destination().recall().tables().values()).extracting(TableMemory::rows).containsExactly(11L);
                    assertProven(sync.verify());
                }
            }
        }
    }

    @OnVersions({16, 18})
    void a_standby_is_copied_and_followed_while_its_primary_is_written_to(int version) throws Exception {
        Random random = Seed.forTest("standby " + version).random();
        try (DedicatedPostgres primary = TestPostgres.dedicated(version, Map.of());
                StandbyPostgres standby = primary.standby(Map.of("hot_standby_feedback", "on"))) {
            TestDatabase there = primary.newDatabase();
            HistoryTables.DDL.forEach(there::execute);
            there.execute("CREATE PUBLICATION pub FOR ALL TABLES");
            TestDatabase here = standby.database(there);
            standby.createSlot(here, here.name());
            write(there, random, () -> false, 60);
            TestConnection connection = TestConnection.of(here, folder);
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(
                    () -> write(there, new Random(1), enough::get, Integer.MAX_VALUE), task -> Thread.ofPlatform().start(task));
            try (TestSync sync = connection.open(_ -> {})) {
                assertThat(sync.upToNow().tablesPublished()).isEqualTo(HistoryTables.NAMES.size());
            } finally {
                enough.set(true);
            }
            writing.join();
            // A table that is truncated while it is compared is empty to every snapshot; so from here on rows are only updated.
            enough.set(false);
            CompletableFuture<Void> updating = CompletableFuture.runAsync(
                    () -> update(there, enough::get), task -> Thread.ofPlatform().start(task));
            try (TestSync sync = connection.open(_ -> {})) {
                assertProven(sync.verify());
            } finally {
                enough.set(true);
            }
            updating.join();
            write(there, random, () -> false, 300);
            standby.awaitReplay();
            try (TestSync sync = connection.open(_ -> {})) {
                assertThat(sync.upToNow().tablesPublished()).isZero();
                assertProven(sync.verify());
            }
        }
    }

    @Test
    void a_copy_goes_on_when_its_standby_is_promoted() throws Exception {
        try (DedicatedPostgres primary = TestPostgres.dedicated(17, Map.of());
                StandbyPostgres standby = primary.standby(Map.of("hot_standby_feedback", "on"))) {
            TestDatabase there = primary.newDatabase();
            there.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)", "CREATE PUBLICATION pub FOR ALL TABLES");
            TestDatabase here = standby.database(there);
            standby.createSlot(here, here.name());
            TestConnection connection = TestConnection.of(here, folder);
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
                there.execute("INSERT INTO orders VALUES (2)");
                standby.awaitReplay();

                standby.promote();
                here.execute("INSERT INTO orders VALUES (3)");

                assertThat(sync.upToNow().changes()).isEqualTo(2);
                assertProven(sync.verify());
            }
        }
    }

    private static void update(TestDatabase there, BooleanSupplier enough) {
        while (!enough.getAsBoolean()) {
            there.execute("UPDATE accounts SET note = clock_timestamp()::text", "UPDATE readings SET label = clock_timestamp()::text");
        }
    }

    private static void write(TestDatabase there, Random random, BooleanSupplier enough, int transactions) {
        try (Connection session = there.session()) {
            HistoryWriter writer = new HistoryWriter(session, random.nextLong());
            for (int i = 0; i < transactions && !enough.getAsBoolean(); i++) {
                writer.transaction();
            }
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private static void commit(Connection open) {
        try {
            open.commit();
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private static void assertProven(Verdict verdict) {
        assertThat(verdict.tables()).isNotEmpty();
        assertThat(verdict.tables()).allSatisfy(table -> assertThat(table.differences()).as(table.table().toString()).isEmpty());
        assertThat(verdict.proven()).isTrue();
    }
}
