package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.TableState;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.run.SyncRun;
import dev.millrace.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tables that are altered while one run goes on, also while they are copied.
@Timeout(120)
class AlteredWhileRunningTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    @Test
    void a_run_that_goes_on_follows_every_change_of_shape_also_of_idle_tables() {
        try (Followed db = Followed.after(
                folder,
                "CREATE TABLE busy (id int PRIMARY KEY, v text)",
                "CREATE TABLE idle (id int PRIMARY KEY, v text)",
                "INSERT INTO busy SELECT i, 'v' FROM generate_series(1, 50) i",
                "INSERT INTO idle SELECT i, 'v' FROM generate_series(1, 50) i")) {
            List<RunEvent> events = new CopyOnWriteArrayList<>();
            try (TestSync sync = db.connection.open(events::add)) {
                SyncRun run = sync.run();
                CompletableFuture<RunSummary> going = CompletableFuture.supplyAsync(() -> run.run(Goal.CONTINUOUS));
                awaitPublished(events, 2);
                db.source("UPDATE busy SET v = 'a' WHERE id = 1", "ALTER TABLE busy ADD n int DEFAULT 3, ADD m text", "UPDATE busy SET n = 4 WHERE id = 2");
                db.source("ALTER TABLE busy RENAME v TO w", "INSERT INTO busy (id, w) VALUES (51, 'new')", "ALTER TABLE busy DROP m");
                db.source("ALTER TABLE busy ADD r float8 DEFAULT random()", "UPDATE busy SET w = 'b' WHERE id = 3");
                db.source("ALTER TABLE idle ADD n int DEFAULT 3", "CREATE TABLE later (id int PRIMARY KEY)");
                awaitPublished(events, 4);
                Eventually.within(LIMIT, "the idle table has its column", () -> run.between(
                                now -> now.destination().recall().tables().entrySet().stream()
                                        .filter(table -> table.getKey().table().equals("idle"))
                                        .allMatch(table -> table.getValue().shape().column("n").isPresent()))
                        .join());
                run.stop();
                going.join();
            }
            assertThat(events).filteredOn(RunEvent.CopyBegunAnew.class::isInstance).hasSize(1);
            db.assertEqual();
        }
    }

    private static void awaitPublished(List<RunEvent> events, int count) {
        Eventually.within(
                LIMIT,
                count + " tables are published",
                () -> events.stream().filter(RunEvent.TablePublished.class::isInstance).count() >= count);
    }

    /// The first run ends when every row is read and the log has yet to be followed to where they were read.
    @Test
    void a_run_up_to_now_copies_a_table_again_that_was_made_anew_before_it_had_caught_up() {
        try (Followed db = Followed.after(folder, "CREATE TABLE t (id int PRIMARY KEY, v text)")) {
            db.source("INSERT INTO t SELECT i, 'v' FROM generate_series(1, 50) i");
            AtomicReference<SyncRun> run = new AtomicReference<>();
            try (TestSync sync = db.connection.open(event -> {
                if (event instanceof RunEvent.TableCopied) {
                    run.get().stop();
                }
            })) {
                run.set(sync.runWithoutLog());
                run.get().run(Goal.CONTINUOUS);
                assertThat(sync.destination().recall().tables().values())
                        .allSatisfy(table -> assertThat(table.state()).isEqualTo(TableState.CATCHING_UP));
            }
            db.source("DROP TABLE t", "CREATE TABLE t (id int PRIMARY KEY, w text)");

            db.sync();

            db.assertCompared();
        }
    }

    /// The alteration comes when the first of many ranges is loaded, and waits for the copy's transaction to end.
    @Tag("long")
    @Test
    void a_table_that_is_rewritten_or_altered_while_it_is_copied_arrives_whole() {
        String[] alterations = {
            "VACUUM FULL t", "CLUSTER t USING t_pkey", "ALTER TABLE t ADD r float8 DEFAULT random()", "ALTER TABLE t ALTER v TYPE text USING upper(v)",
            "ALTER TABLE t ADD n int DEFAULT 4", "ALTER TABLE t RENAME v TO w", "ALTER TABLE t DROP v, ADD v int DEFAULT 5"
        };
        for (int i = 0; i < alterations.length; i++) {
            arrivesWhole(folder.resolve("copy" + i), alterations[i]);
        }
    }

    private static void arrivesWhole(Path here, String alteration) {
        assertThat(here.toFile().mkdir()).isTrue();
        try (Followed db = Followed.after(
                here, "CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t SELECT i, repeat('v', 300) FROM generate_series(1, 2000) i")) {
            AtomicBoolean begun = new AtomicBoolean();
            CompletableFuture<Void> altered = new CompletableFuture<>();
            try (TestSync sync = db.connection.open(event -> {
                if (event instanceof RunEvent.RangeLoaded && begun.compareAndSet(false, true)) {
                    altered.completeAsync(() -> {
                        db.source("UPDATE t SET id = id + 10000 WHERE id < 20", alteration, "DELETE FROM t WHERE id = 100");
                        return null;
                    });
                }
            })) {
                sync.upToNow();
                altered.join();
                sync.upToNow();
                assertThat(sync.destination().recall().tables().values())
                        .allSatisfy(table -> assertThat(table.state()).isEqualTo(TableState.STREAMING));
            }
            db.assertEqual();
        }
    }
}
