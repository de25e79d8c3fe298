package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.Limits;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.SyncRun;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Copies from a standby that ends reads which stand in the way of following its primary: provoked by removing rows at the primary that the
/// standby still shows to a copy.
@Tag("long")
@Timeout(180)
class RecoveryConflictTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 30_000;

    @TempDir
    Path folder;

    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    private static DedicatedPostgres primary() {
        return TestPostgres.dedicated(17, Map.of("autovacuum", "off"));
    }

    private static StandbyPostgres impatient(DedicatedPostgres primary) {
        return primary.standby(Map.of("hot_standby_feedback", "off", "max_standby_streaming_delay", "0"));
    }

    private static TestDatabase orders(DedicatedPostgres primary, String key) {
        TestDatabase there = primary.newDatabase();
        there.execute(
                "CREATE TABLE orders (id int %s, what text)".formatted(key),
                "ALTER TABLE orders REPLICA IDENTITY FULL",
                "INSERT INTO orders SELECT i, repeat('x', 900) FROM generate_series(1, %d) i".formatted(ROWS),
                "CREATE PUBLICATION pub FOR TABLE orders");
        return there;
    }

    /// Removes rows at the primary that `here` still shows, and returns when the standby has met the conflict: it has gone on and ended the read,
    /// or stands still, since a read cannot be ended before its reader takes more.
    private static void collide(TestDatabase there, TestDatabase here) {
        remove(there);
        String end = there.value("SELECT pg_logical_emit_message(true, 'millrace-test', '')");
        AtomicInteger stood = new AtomicInteger();
        AtomicReference<String> seen = new AtomicReference<>("");
        Eventually.within(PATIENCE, "the standby has met the conflict", () -> {
            String replayed = here.value("SELECT pg_last_wal_replay_lsn()");
            boolean hasCome = here.value("SELECT pg_last_wal_receive_lsn() >= '%s'".formatted(end)).equals("t");
            stood.set(hasCome && replayed.equals(seen.getAndSet(replayed)) ? stood.get() + 1 : 0);
            return stood.get() > 20;
        });
    }

    private static void remove(TestDatabase there) {
        there.execute("DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY id DESC LIMIT 10)", "VACUUM (TRUNCATE off) orders");
    }

    private static IntConsumer once(int at, Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        return row -> {
            if (row >= at && done.compareAndSet(false, true)) {
                action.run();
            }
        };
    }

    private <T extends RunEvent> List<T> told(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void ranges_of_a_keyed_table_that_are_loaded_stay_and_the_others_are_read_again() {
        try (DedicatedPostgres primary = primary(); StandbyPostgres standby = impatient(primary)) {
            TestDatabase there = orders(primary, "PRIMARY KEY");
            TestDatabase here = standby.database(there);
            standby.createSlot(here, here.name());
            try (TestSync sync = TestConnection.of(here, folder).open(events::add)) {
                sync.runHearing(once(ROWS / 2, () -> collide(there, here))).run(Goal.UP_TO_NOW);

                assertThat(told(RunEvent.CopyBegunAnew.class)).isEmpty();
                assertThat(told(RunEvent.TableWarned.class)).extracting(RunEvent.TableWarned::warning)
                        .anyMatch(warning -> warning.contains("cancelled"));
                assertThat(told(RunEvent.RangeLoaded.class)).extracting(RunEvent.RangeLoaded::range).doesNotHaveDuplicates();
                assertEqual(standby, sync);
            }
        }
    }

    @Test
    void a_range_that_was_cancelled_in_the_middle_is_read_again_in_smaller_pieces() {
        Limits usual = TestConnection.limits();
        Limits large = new Limits(usual.batchBytes(), usual.batchAge(), usual.queuedBatches(), usual.copySessions(), 100_000,
                usual.statusInterval(), usual.backlogBytes(), usual.peekChanges());
        try (DedicatedPostgres primary = primary(); StandbyPostgres standby = impatient(primary)) {
            TestDatabase there = orders(primary, "PRIMARY KEY");
            TestDatabase here = standby.database(there);
            standby.createSlot(here, here.name());
            try (TestSync sync = TestConnection.of(here, folder).open(events::add, large)) {
                sync.runHearing(once(100, () -> collide(there, here))).run(Goal.UP_TO_NOW);

                assertThat(told(RunEvent.CopyBegunAnew.class)).hasSize(1);
                assertEqual(standby, sync);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"NOT NULL,SOFT_DELETE", "PRIMARY KEY,HISTORY"})
    void what_needs_one_snapshot_begins_anew(String key, String mode) {
        try (DedicatedPostgres primary = primary(); StandbyPostgres standby = impatient(primary)) {
            TestDatabase there = orders(primary, key);
            TestDatabase here = standby.database(there);
            standby.createSlot(here, here.name());
            try (TestSync sync = TestConnection.of(here, folder).withModes("orders=" + mode).open(events::add)) {
                sync.runHearing(once(ROWS / 2, () -> collide(there, here))).run(Goal.UP_TO_NOW);

                assertThat(told(RunEvent.CopyBegunAnew.class)).hasSize(1);
                assertEqual(standby, sync);
            }
        }
    }

    @Test
    void a_copy_that_is_cancelled_again_and_again_ends_in_a_fault_that_says_what_to_set() {
        try (DedicatedPostgres primary = primary(); StandbyPostgres standby = impatient(primary)) {
            TestDatabase there = orders(primary, "NOT NULL");
            TestDatabase here = standby.database(there);
            standby.createSlot(here, here.name());
            try (TestSync sync = TestConnection.of(here, folder).open(events::add)) {
                SyncRun run = sync.runHearing(row -> {
                    if (row % 1_000 == 500) {
                        remove(there);
                        standby.awaitReplay();
                    }
                });
                Fault fault = assertThatExceptionOfType(Fault.class).isThrownBy(() -> run.run(Goal.UP_TO_NOW)).actual();

                assertThat(fault.kind()).isEqualTo(FaultKind.RECOVERY_CONFLICT);
                assertThat(fault.remedy()).contains("max_standby_streaming_delay", "hot_standby_feedback");
                assertThat(fault.kind().retry()).isEqualTo(FaultKind.Retry.SOON);
            }
            try (TestSync sync = TestConnection.of(here, folder).open(events::add)) {
                sync.upToNow();
                assertEqual(standby, sync);
            }
        }
    }

    private static void assertEqual(StandbyPostgres standby, TestSync sync) {
        standby.awaitReplay();
        sync.upToNow();
        Verdict verdict = sync.verify();
        assertThat(verdict.tables()).hasSize(1);
        assertThat(verdict.tables()).allSatisfy(table -> assertThat(table.differences()).as(table.table().toString()).isEmpty());
        assertThat(verdict.proven()).isTrue();
    }
}
