package dev.millrace.source.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.change.Batch;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.run.Limits;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is said when a slot or its log is not as it must be: each provoked for real.
final class SlotFaultsTest {

    private static final class NoTables implements TableLookup {

        @Override
        public Optional<FollowedTable> find(TableName table) {
            return Optional.empty();
        }

        @Override
        public Optional<SourceType> type(int oid, int modifier) {
            return Optional.empty();
        }
    }

    static List<Limits> gears() {
        return List.of(LogFixture.STREAMING, LogFixture.PEEKING);
    }

    private static LogFixture fixture() {
        return new LogFixture(TestPostgres.latest().newDatabase());
    }

    private static ChangeFeed open(LogFixture log, Sessions sessions, String slot, Limits limits, Lsn from) {
        return LogReader.open(sessions, new LogSettings(slot, List.of("pub"), limits, log.spool), new NoTables(), from);
    }

    private static Fault refused(LogFixture log, String slot, Lsn from) {
        return assertThatExceptionOfType(Fault.class)
                .isThrownBy(() -> open(log, log.endpoint(), slot, LogFixture.STREAMING, from).close())
                .actual();
    }

    private static Fault broken(ChangeFeed feed) {
        return assertThatExceptionOfType(Fault.class)
                .isThrownBy(() -> {
                    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                    while (System.nanoTime() < deadline) {
                        feed.next(Duration.ofMillis(100)).ifPresent(Batch::close);
                    }
                })
                .actual();
    }

    /// The process that reads the slot, once it does.
    private static String reader(LogFixture log, ChangeFeed feed) {
        assertThat(feed.next(Duration.ZERO)).isEmpty();
        String sql = "SELECT coalesce(active_pid, 0) FROM pg_replication_slots WHERE slot_name = '%s'".formatted(log.slot);
        return Eventually.seen(Duration.ofSeconds(10), () -> log.database.value(sql), pid -> !pid.equals("0"));
    }

    private static void assertFault(Fault fault, FaultKind kind, String inMessage, String inRemedy) {
        assertThat(fault.kind()).as(fault.description()).isEqualTo(kind);
        assertThat(fault.description()).contains(inMessage);
        assertThat(fault.remedy()).contains(inRemedy);
    }

    @Test
    void a_slot_that_does_not_exist_is_named() {
        try (LogFixture log = fixture()) {
            log.database.execute("CREATE PUBLICATION pub FOR ALL TABLES");
            assertFault(refused(log, log.slot, log.logEnd()), FaultKind.SLOT_MISSING, log.slot, "pg_create_logical_replication_slot");
        }
    }

    @Test
    void a_slot_of_another_database_is_refused() {
        try (LogFixture log = fixture(); LogFixture other = fixture().withSlot()) {
            assertFault(refused(log, other.slot, log.logEnd()), FaultKind.SLOT_OF_OTHER_DATABASE, other.database.name(), "pgoutput");
        }
    }

    @Test
    void slots_of_another_kind_are_refused() {
        try (LogFixture log = fixture()) {
            log.database.execute(
                    "CREATE PUBLICATION pub FOR ALL TABLES",
                    "SELECT pg_create_physical_replication_slot('physical_%s')".formatted(log.slot),
                    "SELECT pg_create_logical_replication_slot('%s', 'test_decoding')".formatted(log.slot));
            assertFault(refused(log, log.slot, log.logEnd()), FaultKind.SLOT_OF_OTHER_PLUGIN, "test_decoding", "pgoutput");
            assertFault(refused(log, "physical_" + log.slot, log.logEnd()), FaultKind.SLOT_OF_OTHER_PLUGIN, "physical", "pgoutput");
            log.database.execute("SELECT pg_drop_replication_slot('physical_%s')".formatted(log.slot));
        }
    }

    @Test
    void a_missing_publication_is_named() {
        try (LogFixture log = fixture().withSlot()) {
            log.database.execute("DROP PUBLICATION pub");
            assertFault(refused(log, log.slot, log.confirmed()), FaultKind.PUBLICATION_MISSING, "pub does not exist", "CREATE PUBLICATION \"pub\"");
        }
    }

    @ParameterizedTest
    @MethodSource("gears")
    void a_publication_that_is_younger_than_the_log_is_told_apart_from_a_missing_one(Limits limits) {
        try (LogFixture log = fixture()) {
            log.database.execute(
                    "CREATE TABLE t (id int PRIMARY KEY)",
                    "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(log.slot),
                    "INSERT INTO t VALUES (1)",
                    "CREATE PUBLICATION pub FOR ALL TABLES");
            try (ChangeFeed feed = open(log, log.endpoint(), log.slot, limits, log.confirmed())) {
                assertFault(broken(feed), FaultKind.PUBLICATION_MISSING, "was made after", "pg_drop_replication_slot");
            }
        }
    }

    @Test
    void a_slot_that_another_reads_names_the_process() {
        try (LogFixture log = fixture().withSlot(); ChangeFeed reader = log.open(LogFixture.STREAMING)) {
            String pid = reader(log, reader);
            assertFault(refused(log, log.slot, log.confirmed()), FaultKind.SLOT_IN_USE, "process " + pid, "pg_terminate_backend(" + pid + ")");
        }
    }

    @Test
    void a_slot_that_is_ahead_of_the_destination_is_refused() {
        try (LogFixture log = fixture().withSlot()) {
            Lsn held = log.confirmed();
            log.database.execute(
                    "CREATE TABLE t (id int PRIMARY KEY)",
                    "SELECT pg_replication_slot_advance('%s', pg_current_wal_lsn())".formatted(log.slot));
            assertFault(refused(log, log.slot, held), FaultKind.SLOT_AHEAD, held.toString(), "Copy all tables anew");
        }
    }

    @Test
    void a_log_that_ends_before_what_the_destination_holds_is_another_servers() {
        try (LogFixture log = fixture().withSlot()) {
            Lsn beyond = new Lsn(log.logEnd().bytes() + (1L << 30));
            assertFault(refused(log, log.slot, beyond), FaultKind.OTHER_SYSTEM, beyond.toString(), "restored");
        }
    }

    @Test
    void a_server_without_logical_decoding_is_refused() {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of("wal_level", "replica"));
                LogFixture log = new LogFixture(server.newDatabase())) {
            assertFault(refused(log, log.slot, log.logEnd()), FaultKind.WAL_LEVEL, "wal_level = replica", "rds.logical_replication");
        }
    }

    @OnVersions({13, 16, 18})
    void a_slot_whose_log_was_given_up_is_lost(int version) {
        try (DedicatedPostgres server = TestPostgres.dedicated(
                        version, Map.of("max_slot_wal_keep_size", "1MB", "min_wal_size", "32MB", "max_wal_size", "32MB"));
                LogFixture log = new LogFixture(server.newDatabase()).withSlot()) {
            Lsn start = log.confirmed();
            log.database.execute("CREATE TABLE t (v text)");
            Eventually.within(Duration.ofSeconds(60), () -> {
                log.database.execute("INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 20000)", "SELECT pg_switch_wal()", "CHECKPOINT");
                assertThat(log.database.value("SELECT wal_status FROM pg_replication_slots")).isEqualTo("lost");
            });
            assertFault(refused(log, log.slot, start), FaultKind.SLOT_LOST, "gave up", "max_slot_wal_keep_size");
        }
    }

    @Test
    void a_user_who_may_not_replicate_is_told_so() {
        try (LogFixture log = fixture().withSlot()) {
            log.database.createUser("plain_" + log.slot, "secret", "");
            Sessions sessions = log.endpoint("plain_" + log.slot, "secret");
            try (ChangeFeed feed = open(log, sessions, log.slot, LogFixture.STREAMING, log.confirmed())) {
                assertThat(broken(feed).kind()).isEqualTo(FaultKind.PERMISSION_MISSING);
            }
        }
    }

    @Test
    void a_stream_that_the_server_ends_is_a_connection_lost() {
        try (LogFixture log = fixture().withSlot(); ChangeFeed feed = log.open(LogFixture.STREAMING)) {
            log.database.execute("SELECT pg_terminate_backend(%s)".formatted(reader(log, feed)));
            assertThat(broken(feed).kind()).isEqualTo(FaultKind.CONNECTION_LOST);
        }
    }

    @Test
    void a_place_for_temporary_files_that_is_none_is_named() throws IOException {
        try (LogFixture log = fixture().withSlot()) {
            Path file = Files.writeString(log.spool.resolve("a-file"), "");
            Fault fault = assertThatExceptionOfType(Fault.class)
                    .isThrownBy(() -> LogReader.open(
                                    log.endpoint(),
                                    new LogSettings(log.slot, List.of("pub"), LogFixture.STREAMING, file),
                                    new NoTables(),
                                    log.confirmed())
                            .close())
                    .actual();
            assertFault(fault, FaultKind.SPOOL_UNUSABLE, file.toString(), "Make room");
            Files.delete(file);
        }
    }

    @Tag("long")
    @Test
    void a_destination_that_takes_nothing_for_longer_than_the_servers_patience_loses_no_connection() {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of("wal_sender_timeout", "2s"));
                LogFixture log = new LogFixture(server.newDatabase())) {
            log.database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
            log.withSlot();
            try (ChangeFeed feed = log.open(LogFixture.limits(64 << 10, Long.MAX_VALUE >> 8))) {
                log.read(feed);
                for (int i = 0; i < 40; i++) {
                    log.database.execute("INSERT INTO t SELECT g, repeat('x', 1000) FROM generate_series(%d, %d) g".formatted(i * 500, i * 500 + 499));
                }
                String started = log.database.value("SELECT backend_start FROM pg_stat_replication");
                long begun = System.nanoTime();
                Eventually.within(Duration.ofSeconds(20), () -> assertThat(System.nanoTime() - begun).isGreaterThan(6_000_000_000L));
                assertThat(log.database.value("SELECT backend_start FROM pg_stat_replication")).isEqualTo(started);
                assertThat(log.read(feed)).hasSize(20_000);
            }
        }
    }
}
