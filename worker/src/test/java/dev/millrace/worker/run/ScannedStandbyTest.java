package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.run.SyncRun;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A read replica that is followed with nothing but SELECT, which every version can be.
final class ScannedStandbyTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"11,XMIN", "17,TELEPORT"})
    void a_replica_is_followed_and_what_was_open_comes_when_it_is_committed(int version, String method) throws SQLException {
        try (DedicatedPostgres primary = TestPostgres.dedicated(version, Map.of());
                StandbyPostgres standby = primary.standby(Map.of())) {
            TestDatabase there = primary.newDatabase();
            there.execute("CREATE TABLE notes (id int PRIMARY KEY, note text)", "INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 500) g");
            try (Connection open = there.session(); Statement statement = open.createStatement()) {
                open.setAutoCommit(false);
                statement.execute("INSERT INTO notes VALUES (1000, 'open')");
                there.execute("INSERT INTO notes VALUES (1001, 'committed')");
                try (Followed followed = Followed.scanned(standby.database(there), folder, method)) {
                    followed.sync();
                    assertThat(followed.copy("SELECT count(*) FROM t_public.notes")).containsExactly("501");
                    open.commit();
                    there.execute("UPDATE notes SET note = 'new' WHERE id % 7 = 0");
                    standby.awaitReplay();
                    followed.assertEqual();
                    assertThat(followed.copy("SELECT note FROM t_public.notes WHERE id = 1000")).containsExactly("open");
                    assertThat(followed.begunAnew()).isEmpty();
                    if (method.equals("TELEPORT")) {
                        there.execute("DELETE FROM notes WHERE id <= 5");
                        standby.awaitReplay();
                        followed.assertEqual();
                    }
                    standby.promote();
                    followed.source("INSERT INTO notes VALUES (2000, 'after')");
                    followed.assertEqual();
                    assertThat(followed.begunAnew().get("notes")).contains("promoted (timeline 2 after 1)");
                }
            }
        }
    }

    @Test
    void a_look_that_a_replica_cancels_is_made_again_table_by_table() throws Exception {
        try (DedicatedPostgres primary = TestPostgres.dedicated(17, Map.of("autovacuum", "off"));
                StandbyPostgres standby = primary.standby(Map.of("hot_standby_feedback", "off", "max_standby_streaming_delay", "0"))) {
            TestDatabase there = primary.newDatabase();
            there.execute(
                    "CREATE TABLE aa (id int PRIMARY KEY, note text)",
                    "CREATE TABLE zz (id int PRIMARY KEY)",
                    "INSERT INTO aa SELECT g, 'old' FROM generate_series(1, 100) g",
                    "INSERT INTO zz VALUES (1)");
            TestDatabase here = standby.database(there);
            try (Followed followed = Followed.scanned(here, folder, "TELEPORT");
                    Connection open = there.session();
                    Statement lock = open.createStatement()) {
                followed.sync();
                CountDownLatch looked = new CountDownLatch(1);
                try (TestSync sync = followed.connection.open(event -> {
                    if (event instanceof RunEvent.BatchWritten) {
                        looked.countDown();
                    }
                })) {
                    SyncRun run = sync.run();
                    CompletableFuture<RunSummary> going =
                            CompletableFuture.supplyAsync(() -> run.run(Goal.CONTINUOUS), task -> Thread.ofPlatform().start(task));
                    assertThat(looked.await(60, TimeUnit.SECONDS)).isTrue();
                    open.setAutoCommit(false);
                    lock.execute("LOCK TABLE zz IN ACCESS EXCLUSIVE MODE");
                    there.execute("UPDATE aa SET note = 'new' WHERE id = 1", "DELETE FROM aa WHERE id = 2");
                    String first = waitingSince(here, "");
                    there.execute("BEGIN; LOCK TABLE aa IN ACCESS EXCLUSIVE MODE; DELETE FROM aa WHERE id = 3; COMMIT");
                    waitingSince(here, first);
                    open.commit();
                    assertThat(going).isNotDone();
                    run.stop();
                    going.join();
                }
                standby.awaitReplay();
                followed.assertEqual();
                assertThat(followed.copy("SELECT note FROM t_public.aa WHERE id <= 3 AND NOT _millrace_deleted")).containsExactly("new");
            }
        }
    }

    /// Waits until a session of a scan waits for a lock, in a transaction that began at another time than that; gives the time.
    private static String waitingSince(TestDatabase here, String earlier) {
        AtomicReference<String> since = new AtomicReference<>("");
        Eventually.within(Duration.ofSeconds(60), "a scan waits for a lock", () -> {
            since.set(here.value("""
                    SELECT coalesce(max(xact_start)::text, '') FROM pg_stat_activity
                    WHERE wait_event_type = 'Lock' AND application_name = 'millrace'"""));
            return !since.get().isEmpty() && !since.get().equals(earlier);
        });
        return since.get();
    }

    @Test
    void a_server_that_is_behind_what_was_seen_is_named_and_nothing_is_lost() {
        try (DedicatedPostgres ahead = TestPostgres.dedicated(17, Map.of());
                StandbyPostgres behind = ahead.standby(Map.of())) {
            TestDatabase there = ahead.newDatabase();
            there.execute("CREATE TABLE notes (id int PRIMARY KEY)", "INSERT INTO notes VALUES (1)");
            TestDatabase here = behind.database(there);
            behind.promote();
            there.execute("INSERT INTO notes VALUES (2)", "INSERT INTO notes VALUES (3)", "INSERT INTO notes VALUES (4)");
            try (Followed followed = Followed.scanned(there, folder, "XMIN")) {
                followed.sync();
                followed.connection = TestConnection.of(here, folder).by("XMIN");
                assertThatExceptionOfType(Fault.class).isThrownBy(followed::sync).satisfies(fault -> {
                    assertThat(fault.kind()).isEqualTo(FaultKind.XID_BACKWARDS);
                    assertThat(fault.remedy()).contains("pg_last_xact_replay_timestamp", "millrace resync");
                });
                assertThat(followed.copy("SELECT count(*) FROM t_public.notes")).containsExactly("4");
            }
        }
    }
}
