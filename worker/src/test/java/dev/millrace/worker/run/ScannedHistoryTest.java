package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.Seed;
import dev.millrace.testkit.history.HistoryTables;
import dev.millrace.testkit.history.HistoryWriter;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The random history of [HistoryTest], followed with nothing but SELECT by a process that is killed again and again.
///
/// How long it lasts is `-Dmillrace.test.history.seconds`; what happens is decided by the seed that is printed.
final class ScannedHistoryTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"XMIN", "TELEPORT"})
    void a_copy_has_what_its_source_has_after_a_random_history_with_kills(String method) throws Exception {
        Duration budget = Duration.ofSeconds(Integer.getInteger("millrace.test.history.seconds", 20) * 3L / 4);
        Random random = Seed.forTest("scanned history " + method).random();
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            HistoryTables.DDL.forEach(db::execute);
            // So that pages are left out.
            db.execute("CREATE EXTENSION pg_visibility");
            TestConnection connection = TestConnection.of(db, folder).withModes("seats=LIVE badges=HISTORY whole=HISTORY").by(method);
            long deadline = System.nanoTime() + budget.toNanos();
            CompletableFuture<Integer> writing = CompletableFuture.supplyAsync(
                    () -> write(db, random.nextLong(), deadline), task -> Thread.ofPlatform().start(task));
            int kills = SyncProcess.killAgainAndAgain(() -> connection, folder.resolve("sync.log"), random, 2_000, deadline);
            assertThat(writing.get()).isPositive();
            assertThat(kills).isPositive();
            System.out.println("history: killed " + kills + " times");
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
                Verdict verdict = sync.verify();
                assertThat(verdict.tables()).hasSize(HistoryTables.NAMES.size());
                assertThat(verdict.tables()).allSatisfy(table -> assertThat(table.differences()).as(table.table().toString()).isEmpty());
                assertThat(verdict.proven()).isTrue();
                if (method.equals("TELEPORT")) {
                    assertThat(verdict.tables()).allSatisfy(table -> assertThat(table.ended()).as(table.table().toString()).isZero());
                }
            }
        }
    }

    private static int write(TestDatabase db, long seed, long deadline) {
        int transactions = 0;
        try (Connection session = db.session()) {
            HistoryWriter writer = new HistoryWriter(session, seed);
            while (System.nanoTime() < deadline) {
                writer.transaction();
                transactions++;
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return transactions;
    }
}
