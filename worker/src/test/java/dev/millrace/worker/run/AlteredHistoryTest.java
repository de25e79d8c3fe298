package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.Seed;
import dev.millrace.testkit.history.HistoryAlterer;
import dev.millrace.testkit.history.HistoryTables;
import dev.millrace.testkit.history.HistoryWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A random history of rows and of alterations happens to a database while it is followed by a process that is killed again and again.
///
/// How long it lasts is `-Dmillrace.test.history.seconds` (12 by default); what happens is decided by the seed that is printed.
class AlteredHistoryTest {

    private static final int PAUSE_MILLIS = 20;
    private static final Duration BUDGET = Duration.ofSeconds(Integer.getInteger("millrace.test.history.seconds", 12));

    @TempDir
    Path folder;

    @Test
    void a_copy_is_equal_to_its_source_after_a_random_history_of_alterations_with_kills() throws Exception {
        Random random = Seed.forTest("altered history").random();
        try (Followed db = Followed.after(folder, HistoryTables.DDL.toArray(String[]::new))) {
            alterWhileKilling(db, () -> db, random);
            db.assertEqual();
        }
    }

    @Tag("long")
    @Test
    void a_copy_whose_modes_change_is_equal_to_its_source_after_a_random_history_of_alterations_with_kills() throws Exception {
        Random random = Seed.forTest("altered history of modes").random();
        try (Followed db = Followed.after(folder, HistoryTables.DDL.toArray(String[]::new))) {
            AtomicReference<Followed> latest = new AtomicReference<>(db);
            alterWhileKilling(db, () -> latest.updateAndGet(before -> random.nextInt(3) == 0 ? db.withModes(modes(random)) : before), random);
            latest.get().assertEqual();
            assertVersions(latest.get());
        }
    }

    /// A mode for each table that there is or may come to be.
    private static String modes(Random random) {
        return Stream.of(HistoryTables.NAMES, HistoryAlterer.NAMES)
                .flatMap(List::stream)
                .map(table -> table + "=" + List.of("HISTORY", "HISTORY", "LIVE", "SOFT_DELETE").get(random.nextInt(4)))
                .collect(Collectors.joining(" "));
    }

    /// Rows and alterations happen while one process after another follows what `next` gives, until each is killed.
    private void alterWhileKilling(Followed db, Supplier<Followed> next, Random random) throws Exception {
        long deadline = System.nanoTime() + BUDGET.toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> rows = threads.submit(writer(db, random.nextLong(), deadline));
            Future<Integer> alterations = threads.submit(alterer(db, random.nextLong(), deadline));
            int kills = SyncProcess.killAgainAndAgain(() -> next.get().connection, folder.resolve("sync.log"), random, 2_000, deadline);
            assertThat(rows.get()).isPositive();
            assertThat(alterations.get()).isPositive();
            System.out.println("altered history: %d transactions of rows, %d of alterations, %d kills"
                    .formatted(rows.get(), alterations.get(), kills));
        }
    }

    /// No version of a history ends before it starts, and those that are open are the rows of the source, as has been compared.
    private static void assertVersions(Followed db) {
        List<String> histories = db.copy("""
                SELECT DISTINCT table_name FROM duckdb_columns() WHERE schema_name = 't_public' AND column_name = '_millrace_active'""");
        for (String table : histories) {
            assertThat(db.copy("SELECT count(*) FROM t_public.\"%s\" WHERE _millrace_end < _millrace_start".formatted(table)))
                    .as(table)
                    .containsExactly("0");
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
