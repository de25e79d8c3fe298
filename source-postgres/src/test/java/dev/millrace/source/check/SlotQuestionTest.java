package dev.millrace.source.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

@SuppressWarnings("NullAway.Init")
class SlotQuestionTest {

    private TestDatabase database;
    private Asked.Of of;
    private String slot;

    @BeforeEach
    void make() {
        database = TestPostgres.latest().newDatabase();
        of = Asked.Of.superuser(database);
        slot = Asked.Of.log(database).slot();
        database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private Finding asked(Asked.Of each) {
        try {
            return each.ask(new SlotQuestion(each.settings())).worst(SetupTest.SLOT);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Finding failed(Asked.Of each) {
        Finding finding = asked(each);
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.FAILED);
        return finding;
    }

    private void mend(Finding finding) {
        database.execute(Asked.statements(finding));
    }

    @Test
    void a_slot_that_is_missing_is_made_by_what_is_said() {
        database.execute("CREATE PUBLICATION pub FOR ALL TABLES");
        mend(failed(of));
        database.execute("INSERT INTO mills VALUES (1)");
        Finding passed = asked(of);
        assertThat(passed.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(passed.message()).contains("It can be read.");
        assertThat(database.value("SELECT confirmed_flush_lsn < pg_current_wal_lsn() FROM pg_replication_slots WHERE slot_name = '%s'".formatted(slot)))
                .as("asking leaves the slot where it is")
                .isEqualTo("t");
    }

    @Test
    void a_name_that_was_mistyped_is_told_from_one_that_is_near() {
        database.execute("SELECT pg_create_logical_replication_slot('%ss', 'pgoutput')".formatted(slot));
        assertThat(failed(of).message()).contains("Did you mean `%ss`?".formatted(slot));
    }

    @Test
    void a_slot_of_another_plugin_or_kind_is_told() {
        database.execute("CREATE PUBLICATION pub FOR ALL TABLES", "SELECT pg_create_logical_replication_slot('%s', 'test_decoding')".formatted(slot));
        Finding finding = failed(of);
        assertThat(finding.message()).contains("of plugin test_decoding");
        mend(finding);
        assertThat(asked(of).outcome()).isEqualTo(Outcome.PASSED);
        database.execute("SELECT pg_drop_replication_slot('%s')".formatted(slot), "SELECT pg_create_physical_replication_slot('%s')".formatted(slot));
        assertThat(failed(of).message()).contains("is physical");
        database.execute("SELECT pg_drop_replication_slot('%s')".formatted(slot));
    }

    @Test
    void the_slot_of_another_database_is_told_with_its_database() {
        try (TestDatabase other = TestPostgres.latest().newDatabase()) {
            other.execute("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot));
            Finding finding = failed(of);
            assertThat(finding.message()).contains("of database %s and has no changes of database %s".formatted(other.name(), database.name()));
            mend(finding);
            assertThat(database.value("SELECT database FROM pg_replication_slots WHERE slot_name = '%s_2'".formatted(slot))).isEqualTo(database.name());
        }
    }

    @Test
    void a_user_without_the_right_to_replicate_gets_it_by_what_is_said() {
        database.createPublicationAndSlot("pub", slot);
        String user = "Reader's \"%s\"".formatted(database.name());
        database.createUser(user, "pw", "");
        mend(failed(of.as(user, "pw")));
        assertThat(asked(of.as(user, "pw")).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void whoever_reads_the_slot_is_named() throws SQLException {
        database.createPublicationAndSlot("pub", slot);
        try (Connection session = new PostgresEndpoint(
                        database.host(), database.port(), database.name(), database.user(), Secret.of(database.password()), Map.of("ApplicationName", "debezium"))
                .openReplication()) {
            PGReplicationStream stream = stream(session);
            Finding finding = failed(of);
            assertThat(finding.message()).contains("another application", "application_name debezium", "user postgres", "from 127.0.0.1");
            mend(finding);
            assertThat(stream.isClosed()).isFalse();
        }
        try (Connection session = of.endpoint().openReplication()) {
            stream(session);
            Finding stranger = asked(of);
            assertThat(stranger.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(stranger.message()).contains("being read by Millrace", "No sync of this connection is known here");
            CheckSettings known = of.settings();
            CheckSettings own = new CheckSettings(
                    known.following(), known.database(), known.user(), known.selection(), known.hosting(), known.statusInterval(), () -> true);
            assertThat(of.ask(new SlotQuestion(own)).worst(SetupTest.SLOT)).satisfies(finding -> {
                assertThat(finding.outcome()).isEqualTo(Outcome.PASSED);
                assertThat(finding.message()).contains("own sync is reading it");
            });
        }
    }

    private PGReplicationStream stream(Connection session) throws SQLException {
        return session.unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", "pub")
                .start();
    }

    @Test
    void a_publication_that_is_younger_than_the_slot_is_told() {
        database.execute(
                "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot),
                "INSERT INTO mills VALUES (1)",
                "CREATE PUBLICATION pub FOR ALL TABLES");
        Finding finding = failed(of);
        assertThat(finding.message()).contains("Publication pub was made after replication slot");
        mend(finding);
        assertThat(asked(of).outcome()).isEqualTo(Outcome.PASSED);
    }
}
