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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A random history happens to a database while it is copied and followed by a process that is killed again and again.
///
/// How long it lasts is `-Dmillrace.test.history.seconds` (20 by default); what happens is decided by the seed that is printed.
class HistoryTest {

    private static final int WRITERS = 3;
    private static final String MODES = "seats=LIVE badges=HISTORY whole=HISTORY readings=HISTORY";

    @TempDir
    Path folder;

    @Test
    void a_copy_is_equal_to_its_source_after_a_random_history_with_kills() throws Exception {
        Duration budget = Duration.ofSeconds(Integer.getInteger("millrace.test.history.seconds", 20));
        Random random = Seed.forTest("history").random();
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            HistoryTables.DDL.forEach(db::execute);
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            TestConnection connection = TestConnection.of(db, folder).withModes(MODES);
            write(db, random, 200);
            long deadline = System.nanoTime() + budget.toNanos();
            try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
                List<Future<Integer>> histories = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    histories.add(writers.submit(writer(db, random.nextLong(), deadline)));
                }
                int kills = SyncProcess.killAgainAndAgain(() -> connection, folder.resolve("sync.log"), random, 1_500, deadline);
                for (Future<Integer> history : histories) {
                    assertThat(history.get()).isPositive();
                }
                System.out.println("history: killed " + kills + " times");
                assertThat(kills).isPositive();
            }
            assertEqual(connection);
        }
    }

    private static Callable<Integer> writer(TestDatabase db, long seed, long deadline) {
        return () -> {
            int transactions = 0;
            try (Connection session = db.session()) {
                HistoryWriter writer = new HistoryWriter(session, seed);
                while (System.nanoTime() < deadline) {
                    writer.transaction();
                    transactions++;
                }
            }
            return transactions;
        };
    }

    private static void write(TestDatabase db, Random random, int transactions) throws Exception {
        try (Connection session = db.session()) {
            HistoryWriter writer = new HistoryWriter(session, random.nextLong());
            for (int i = 0; i < transactions; i++) {
                writer.transaction();
            }
        }
    }

    private static void assertEqual(TestConnection connection) {
        try (TestSync sync = connection.open(_ -> {})) {
            sync.upToNow();
            Verdict verdict = sync.verify();
            assertThat(verdict.tables()).hasSize(HistoryTables.NAMES.size());
            assertThat(verdict.tables()).allSatisfy(table -> assertThat(table.differences()).as(table.table().toString()).isEmpty());
            assertThat(verdict.proven()).isTrue();
            assertThat(overlaps(sync, "whole", "id")).isZero();
            assertThat(overlaps(sync, "badges", "code")).isZero();
        }
    }

    /// How many versions end before they start, or begin before the one before has ended.
    private static long overlaps(TestSync sync, String table, String key) {
        String sql =
                """
                SELECT count(*) FROM (
                    SELECT _millrace_start AS s, _millrace_end AS e, lag(_millrace_end) OVER w AS before
                    FROM t_public.%s WINDOW w AS (PARTITION BY %s ORDER BY _millrace_start))
                WHERE e < s OR before >= s"""
                        .formatted(table, key);
        try (Connection session = sync.session();
                Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
