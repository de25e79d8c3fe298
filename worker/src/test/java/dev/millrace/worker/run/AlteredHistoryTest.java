package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.Seed;
import dev.millrace.testkit.history.HistoryAlterer;
import dev.millrace.testkit.history.HistoryTables;
import dev.millrace.testkit.history.HistoryWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A random history of rows and of alterations happens to a database while it is followed by a process that is killed again and again.
///
/// How long it lasts is `-Dmillrace.test.history.seconds` (12 by default); what happens is decided by the seed that is printed.
class AlteredHistoryTest {

    private static final int PAUSE_MILLIS = 20;

    @TempDir
    Path folder;

    @Test
    void a_copy_is_equal_to_its_source_after_a_random_history_of_alterations_with_kills() throws Exception {
        Duration budget = Duration.ofSeconds(Integer.getInteger("millrace.test.history.seconds", 12));
        Random random = Seed.forTest("altered history").random();
        try (Followed db = Followed.after(folder, HistoryTables.DDL.toArray(String[]::new))) {
            long deadline = System.nanoTime() + budget.toNanos();
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                Future<Integer> rows = threads.submit(writer(db, random.nextLong(), deadline));
                Future<Integer> alterations = threads.submit(alterer(db, random.nextLong(), deadline));
                int kills = SyncProcess.killAgainAndAgain(db.connection, folder.resolve("sync.log"), random, 2_000, deadline);
                assertThat(rows.get()).isPositive();
                assertThat(alterations.get()).isPositive();
                System.out.println("altered history: %d transactions of rows, %d of alterations, %d kills"
                        .formatted(rows.get(), alterations.get(), kills));
            }
            db.assertEqual();
        }
    }

    private static Callable<Integer> writer(Followed db, long seed, long deadline) {
        return () -> {
            int transactions = 0;
            try (Connection session = db.source.session()) {
                HistoryWriter writer = new HistoryWriter(session, seed);
                while (System.nanoTime() < deadline) {
                    writer.transaction();
                    transactions++;
                }
            }
            return transactions;
        };
    }

    private static Callable<Integer> alterer(Followed db, long seed, long deadline) {
        return () -> {
            int kept = 0;
            try (Connection session = db.source.session()) {
                HistoryAlterer alterer = new HistoryAlterer(session, seed);
                while (System.nanoTime() < deadline) {
                    kept += alterer.transaction() ? 1 : 0;
                    session.createStatement().execute("SELECT pg_sleep(%s)".formatted(PAUSE_MILLIS / 1000.0));
                }
            }
            return kept;
        };
    }
}
