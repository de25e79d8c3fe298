package dev.millrace.source.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.source.Selection;
import dev.millrace.source.PostgresSource;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Slots of a standby, and what is said where there is none to be had.
class StandbySlotTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Does something with a database as its primary has it, and with the log as its standby has it.
    private static void onStandby(int version, Map<String, String> settings, BiConsumer<Both, LogFixture> test) {
        try (DedicatedPostgres primary = TestPostgres.dedicated(version, Map.of()); StandbyPostgres standby = primary.standby(settings)) {
            TestDatabase there = primary.newDatabase();
            there.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE PUBLICATION pub FOR ALL TABLES");
            try (LogFixture log = new LogFixture(standby.database(there))) {
                test.accept(new Both(primary, standby, there), log);
            }
        }
    }

    private record Both(DedicatedPostgres primary, StandbyPostgres standby, TestDatabase there) {}

    private static Fault refused(ThrowingCallable call) {
        return assertThatExceptionOfType(Fault.class).isThrownBy(call).actual();
    }

    private static PostgresSource source(LogFixture log) {
        return log.source(LogFixture.STREAMING, Selection.everything());
    }

    private static void assertFault(Fault fault, FaultKind kind, String said, String remedy) {
        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault.description()).contains(said);
        assertThat(fault.remedy()).contains(remedy);
    }

    @OnVersions({11, 15})
    void the_log_of_a_standby_before_version_16_is_refused_with_what_else_can_be_done(int version) {
        onStandby(version, Map.of(), (_, log) -> {
            Fault fault = refused(() -> source(log).start());
            assertFault(fault, FaultKind.VERSION_UNSUPPORTED, "standby of PostgreSQL " + version, "primary");
            assertThat(fault.remedy()).contains("XMIN or TELEPORT");
        });
    }

    @Test
    void a_slot_that_does_not_exist_at_a_standby_is_named_with_how_to_make_it_without_waiting() {
        onStandby(16, Map.of(), (_, log) -> assertFault(
                refused(() -> source(log).start()), FaultKind.SLOT_MISSING, log.slot, "pg_log_standby_snapshot()"));
    }

    @OnVersions({16, 18})
    void a_slot_whose_rows_the_primary_removed_is_lost_and_feedback_is_the_remedy(int version) {
        onStandby(version, Map.of("hot_standby_feedback", "off", "max_standby_streaming_delay", "0"), (both, log) -> {
            both.standby().createSlot(log.database, log.slot);
            Lsn start = log.confirmed();
            try (ChangeFeed feed = log.open(LogFixture.STREAMING)) {
                Eventually.within(LIMIT, () -> {
                    both.there().execute("CREATE TABLE passing (id int)", "DROP TABLE passing", "VACUUM pg_class", "VACUUM pg_attribute");
                    assertThat(log.database.value("SELECT conflicting FROM pg_replication_slots")).isEqualTo("t");
                });
                Fault broken = Eventually.seen(LIMIT, () -> refused(() -> feed.next(Duration.ofMillis(100))), _ -> true);
                assertThat(broken.kind()).isIn(FaultKind.SLOT_LOST, FaultKind.CONNECTION_LOST, FaultKind.RECOVERY_CONFLICT);
            }
            assertFault(
                    refused(() -> source(log).openFeed(new LogPosition(start)).close()),
                    FaultKind.SLOT_LOST, "standby gave up replication slot " + log.slot, "hot_standby_feedback = on");
        });
    }

    @Test
    void a_slot_whose_primary_no_longer_logs_enough_is_lost_and_the_wal_level_is_the_remedy() {
        onStandby(17, Map.of("hot_standby_feedback", "on"), (both, log) -> {
            both.standby().createSlot(log.database, log.slot);
            both.there().execute("ALTER SYSTEM SET wal_level = 'replica'");
            both.primary().server().restart();
            Eventually.within(LIMIT, () -> assertThat(log.database.value("SELECT conflicting FROM pg_replication_slots")).isEqualTo("t"));
            assertFault(refused(() -> source(log).start()), FaultKind.SLOT_LOST, "wal_level_insufficient", "wal_level = logical at the primary");
        });
    }

    @Test
    void a_standby_that_has_not_replayed_what_the_destination_holds_is_waited_for() {
        onStandby(17, Map.of("hot_standby_feedback", "on"), (both, log) -> {
            both.standby().createSlot(log.database, log.slot);
            Lsn beyond = new Lsn(LogPosition.lsn(source(log).end()).bytes() + (1L << 20));
            Fault fault = refused(() -> source(log).openFeed(new LogPosition(beyond)).close());
            assertFault(fault, FaultKind.SOURCE_BUSY, "replayed it only up to", "by itself");
            assertThat(fault.kind().retry()).isEqualTo(FaultKind.Retry.SOON);
        });
    }

    @Test
    void the_status_of_a_standbys_slot_tells_how_far_the_standby_is() {
        onStandby(17, Map.of("hot_standby_feedback", "on"), (both, log) -> {
            both.standby().createSlot(log.database, log.slot);
            try (Connection session = log.endpoint().open()) {
                SlotStatus status = SlotStatus.read(session, log.slot);
                assertThat(status.state()).isEqualTo("reserved");
                assertThat(status.confirmed()).isPresent();
                assertThat(status.logEnd()).isGreaterThanOrEqualTo(status.confirmed().get());
            } catch (SQLException e) {
                throw new AssertionError(e.getMessage(), e);
            }
        });
    }
}
