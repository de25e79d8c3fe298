package dev.millrace.source.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.source.Following;
import dev.millrace.source.Hosting;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class ConfigurationQuestionTest {

    /// Of one setting.
    private static Finding of(String setting, Asked.Of of) throws SQLException {
        return of.ask(new ConfigurationQuestion(of.settings(), Duration.ZERO)).findings().stream()
                .filter(finding -> finding.message().startsWith(setting))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Nothing was said of " + setting));
    }

    private static void warns(String setting, Asked.Of of) throws SQLException {
        Finding finding = of(setting, of);
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("recommended: ");
        assertThat(finding.remedy()).contains(setting);
    }

    /// One server that has everything wrong, and a standby of it.
    @Test
    void what_does_not_bear_a_sync_is_told_and_what_is_said_mends_it() throws SQLException {
        try (DedicatedPostgres server = TestPostgres.dedicated(18, Map.of(
                        "wal_sender_timeout", "5s",
                        "max_slot_wal_keep_size", "1MB",
                        "idle_replication_slot_timeout", "1h",
                        "logical_decoding_work_mem", "64kB",
                        "max_replication_slots", "2",
                        "max_wal_senders", "1"));
                TestDatabase database = server.newDatabase()) {
            Asked.Of of = Asked.Of.superuser(database);
            database.createPublicationAndSlot("pub", Asked.Of.log(database).slot());
            for (String setting : new String[] {"wal_sender_timeout", "max_slot_wal_keep_size", "idle_replication_slot_timeout", "logical_decoding_work_mem"}) {
                warns(setting, of);
            }
            assertThat(of("max_wal_senders", of).outcome()).isEqualTo(Outcome.PASSED);
            lost(database, of);
            database.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '-1'", "SELECT pg_reload_conf()");
            try (StandbyPostgres standby = server.standby(Map.of())) {
                standby.awaitReplay();
                Finding senders = of("max_wal_senders", of);
                assertThat(senders.outcome()).isEqualTo(Outcome.FAILED);
                assertThat(senders.message()).contains("max_wal_senders = 1, of which 1 are at work");
                warns("max_replication_slots", of);
                assertThat(of("max_replication_slots", of.by(new Following.Log("another", "pub"))).outcome()).isEqualTo(Outcome.FAILED);
                Asked.Of there = Asked.Of.superuser(standby.database(database));
                warns("hot_standby_feedback", there);
                warns("max_standby_streaming_delay", there);
                assertThat(of("max_standby_streaming_delay", there.by(Asked.XMIN)).outcome()).isEqualTo(Outcome.WARNING);
                there.database().execute(
                        "ALTER SYSTEM SET hot_standby_feedback = 'on'", "ALTER SYSTEM SET max_standby_streaming_delay = '30min'", "SELECT pg_reload_conf()");
                Eventually.within(
                        Duration.ofSeconds(10), "the standby heeds them", () -> of("hot_standby_feedback", there).outcome() == Outcome.PASSED
                                && of("max_standby_streaming_delay", there).outcome() == Outcome.PASSED);
            }
            for (String setting : new String[] {"wal_sender_timeout", "idle_replication_slot_timeout", "logical_decoding_work_mem"}) {
                database.execute(Asked.statements(of(setting, of)));
            }
            database.execute(
                    "ALTER SYSTEM SET wal_level = 'replica'",
                    "SELECT pg_drop_replication_slot('%s')".formatted(Asked.Of.log(database).slot()));
            server.server().restart();
            for (String setting : new String[] {"wal_sender_timeout", "max_slot_wal_keep_size", "idle_replication_slot_timeout", "logical_decoding_work_mem"}) {
                assertThat(of(setting, of).outcome()).as(setting).isEqualTo(Outcome.PASSED);
            }
            Finding level = of("wal_level", of);
            assertThat(level.outcome()).isEqualTo(Outcome.FAILED);
            database.execute(Asked.statements(level));
            server.server().restart();
            assertThat(of("wal_level", of).outcome()).isEqualTo(Outcome.PASSED);
        }
    }

    /// A slot that was given up for what it kept.
    private static void lost(TestDatabase database, Asked.Of of) throws SQLException {
        Eventually.within(Duration.ofSeconds(20), "the slot is given up", () -> {
            database.execute("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 100000)) FROM generate_series(1, 200)", "SELECT pg_switch_wal()", "CHECKPOINT");
            return database.value("SELECT wal_status FROM pg_replication_slots").equals("lost");
        });
        Finding finding = of.ask(new SlotQuestion(of.settings())).worst(SetupTest.SLOT);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(finding.message()).contains("has given up replication slot");
        database.execute(Asked.statements(finding));
        assertThat(of.ask(new SlotQuestion(of.settings())).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void where_nobody_may_alter_settings_by_sql_the_providers_own_commands_are_said() {
        assertThat(Hosting.AURORA.setting("wal_level", "logical", true)).contains("rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot", "reboot-db-instance");
        assertThat(Hosting.RDS.setting("wal_sender_timeout", "0", false)).contains("modify-db-parameter-group", "wal_sender_timeout").doesNotContain("reboot");
        assertThat(Hosting.GOOGLE.setting("wal_level", "logical", true)).contains("cloudsql.logical_decoding=on");
        assertThat(Hosting.AZURE.setting("wal_level", "logical", true)).contains("--name wal_level --value logical");
        assertThat(Hosting.HEROKU.setting("wal_level", "logical", true)).contains("XMIN or TELEPORT");
    }
}
