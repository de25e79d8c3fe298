package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.LocalServer;
import dev.millrace.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// A hot standby of a [DedicatedPostgres]: it follows its primary's log by streaming and takes sessions that read.
///
/// Users, passwords and databases are the primary's. Made by [DedicatedPostgres#standby].
public final class StandbyPostgres implements AutoCloseable {

    private static final Duration REPLAY_LIMIT = Duration.ofSeconds(60);
    private static final int PG_12 = 12;
    private static final AtomicInteger MADE = new AtomicInteger();

    private final LocalServer primary;
    private final LocalServer server;
    private final Path folder;

    private StandbyPostgres(LocalServer primary, LocalServer server, Path folder) {
        this.primary = primary;
        this.server = server;
        this.folder = folder;
    }

    static StandbyPostgres of(LocalServer primary, Map<String, String> configuration) {
        int version = primary.settings().installation().majorVersion();
        String slot = "standby_" + MADE.incrementAndGet();
        try (TestDatabase there = TestDatabase.present(primary, "postgres")) {
            there.execute("SELECT pg_create_physical_replication_slot('%s', true)".formatted(slot));
        }
        Path folder = TestFolders.create();
        try {
            BaseBackup.take(primary, TestFolders.data(folder));
            LocalServer server =
                    TestPostgres.prepare(version, folder, settings(version, primary, slot, TestFolders.data(folder), configuration));
            server.start();
            return new StandbyPostgres(primary, server, folder);
        } catch (IOException e) {
            TestFolders.delete(folder);
            throw new UncheckedIOException(e);
        } catch (RuntimeException | AssertionError e) {
            TestFolders.delete(folder);
            throw e;
        }
    }

    /// Has the server of `data` be a standby; returns the settings that it is to be started with.
    private static Map<String, String> settings(
            int version, LocalServer primary, String slot, Path data, Map<String, String> configuration) throws IOException {
        Map<String, String> recovery = new LinkedHashMap<>();
        recovery.put("primary_conninfo", "host=127.0.0.1 port=%d user=%s password=%s"
                .formatted(primary.port(), TestPostgres.SUPERUSER, TestPostgres.SUPERUSER_PASSWORD));
        recovery.put("primary_slot_name", slot);
        Map<String, String> all = new LinkedHashMap<>(primary.settings().configuration());
        all.put("wal_receiver_status_interval", "1s");
        all.put("wal_retrieve_retry_interval", "100ms");
        if (version >= PG_12) {
            Files.createFile(data.resolve("standby.signal"));
            all.putAll(recovery);
        } else {
            recovery.put("standby_mode", "on");
            recovery.put("recovery_target_timeline", "latest");
            Files.writeString(data.resolve("recovery.conf"), recovery.entrySet().stream()
                    .map(each -> "%s = '%s'%n".formatted(each.getKey(), each.getValue()))
                    .collect(Collectors.joining()), StandardCharsets.UTF_8);
        }
        all.putAll(configuration);
        return all;
    }

    /// The standby's server, to be stopped, killed and started again at will.
    public LocalServer server() {
        return server;
    }

    /// A database of the primary as the standby shows it, once the standby has replayed everything that is there now. Writing to it is
    /// refused until [#promote]. It need not be closed; if it is, the database stays.
    public TestDatabase database(TestDatabase onPrimary) {
        awaitReplay();
        return TestDatabase.present(server, onPrimary.name());
    }

    /// Waits until the standby has replayed everything that the primary has committed by now.
    ///
    /// Writes a log message to the primary for this, of which `pgoutput` says nothing.
    public void awaitReplay() {
        try (TestDatabase there = TestDatabase.present(primary, "postgres"); TestDatabase here = TestDatabase.present(server, "postgres")) {
            // The end of a record, and not the place for the next: between the two may lie the header of a page, which is never replayed.
            String end = there.value("SELECT pg_logical_emit_message(true, 'millrace-test', '')");
            Eventually.within(REPLAY_LIMIT, "the standby has replayed the log up to " + end,
                    () -> here.value("SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(end)).equals("t"));
        }
    }

    /// Makes a `pgoutput` slot on the standby, in a database that the standby shows. From PostgreSQL 16 on.
    ///
    /// Such a slot can be made only where the log says which transactions run, so the primary is asked to log that meanwhile. Where the standby
    /// tells its primary what it needs (`hot_standby_feedback`), the primary has heard of the slot when this returns.
    public void createSlot(TestDatabase here, String slot) {
        CompletableFuture<Boolean> made = CompletableFuture.supplyAsync(() -> {
            here.execute("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot));
            return true;
        }, task -> Thread.ofPlatform().start(task));
        try (TestDatabase there = TestDatabase.present(primary, "postgres")) {
            Eventually.within(REPLAY_LIMIT, "slot " + slot + " is made on the standby", () -> {
                there.execute("SELECT pg_log_standby_snapshot()");
                return made.isDone();
            });
        }
        made.join();
        if (here.value("SHOW hot_standby_feedback").equals("on")) {
            awaitKept();
        }
    }

    /// Waits until the primary has heard which catalogue rows the slot needs: what it removed before, the slot would be given up for.
    private void awaitKept() {
        try (TestDatabase there = TestDatabase.present(primary, "postgres")) {
            Eventually.within(REPLAY_LIMIT, "the primary keeps the catalogue for the standby's slot", () -> there.value(
                            "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_type = 'physical' AND catalog_xmin IS NOT NULL)")
                    .equals("t"));
        }
    }

    /// Makes the standby a primary of its own, on a new timeline, and returns when it takes writes. The old primary goes on.
    public void promote() {
        server.promote();
    }

    /// Kills the server and deletes its data.
    @Override
    public void close() {
        server.kill();
        TestFolders.delete(folder);
    }
}
