package dev.millrace.source.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceChecksTest {

    private static final List<SetupTest> ASKED = Arrays.stream(SetupTest.values())
            .filter(test -> test.compareTo(SetupTest.DATABASE) >= 0 && test != SetupTest.DESTINATION)
            .toList();

    private static TestDatabase ready(int version) {
        TestDatabase database = TestPostgres.version(version).newDatabase();
        database.execute("CREATE TABLE mills (id int PRIMARY KEY, name text)", "INSERT INTO mills VALUES (1, 'a'), (2, 'b')");
        database.createPublicationAndSlot("pub", Asked.Of.log(database).slot());
        database.execute("UPDATE mills SET name = 'c'");
        return database;
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 13, 17, 18})
    void a_database_that_is_ready_passes_everything_on_every_version(int version) {
        try (TestDatabase database = ready(version)) {
            Asked asked = Asked.Of.superuser(database).ask();
            assertThat(asked.findings()).extracting(Finding::outcome).as(asked.toString()).containsOnly(Outcome.PASSED, Outcome.SKIPPED);
            assertThat(asked.findings().stream().map(Finding::test).distinct()).containsExactlyElementsOf(ASKED);
            assertThat(asked.worst(SetupTest.SLOT).message()).contains("It can be read.");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 17})
    void without_the_log_what_concerns_the_log_is_skipped(int version) {
        try (TestDatabase database = ready(version)) {
            Asked asked = Asked.Of.superuser(database).by(Asked.XMIN).ask();
            assertThat(asked.findings().stream().filter(finding -> finding.outcome() == Outcome.SKIPPED).map(Finding::test))
                    .containsExactly(SetupTest.SLOT, SetupTest.CONFIGURATION, SetupTest.PUBLICATION);
            assertThat(asked.outcome()).isEqualTo(Outcome.WARNING);
        }
    }

    @Test
    void nothing_is_asked_of_a_database_that_lets_nobody_in() {
        try (TestDatabase database = ready(17)) {
            Asked asked = Asked.Of.superuser(database).as(database.user(), "wrong").ask();
            assertThat(asked.worst(SetupTest.DATABASE).outcome()).isEqualTo(Outcome.FAILED);
            assertThat(asked.findings().stream().map(Finding::test)).containsExactlyElementsOf(ASKED);
            assertThat(asked.findings().stream().skip(1).map(Finding::outcome)).containsOnly(Outcome.SKIPPED);
        }
    }

    @Test
    void a_port_at_which_nothing_answers_is_told_at_once() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            Finding finding = Asked.Of.superuser(database).ask(port, database.name()).worst(SetupTest.DATABASE);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(finding.message()).startsWith("Nothing listens at");
        }
    }

    @Test
    void everything_that_is_wrong_is_told_at_once() {
        try (TestDatabase database = TestPostgres.latest().newDatabase("TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")) {
            database.execute("CREATE TABLE secret (id int PRIMARY KEY)");
            String user = "poor_" + database.name();
            database.createUser(user, "pw", "");
            Asked asked = Asked.Of.superuser(database).as(user, "pw").ask();
            assertThat(asked.findings().stream().filter(finding -> finding.outcome() == Outcome.FAILED).map(Finding::test).distinct())
                    .containsExactly(SetupTest.SLOT, SetupTest.PUBLICATION, SetupTest.READABLE);
            assertThat(asked.worst(SetupTest.ENCODING).outcome()).isEqualTo(Outcome.WARNING);
            assertThat(asked.of(SetupTest.SLOT)).hasSize(2);
            assertThat(asked.findings()).allSatisfy(finding -> assertThat(finding.remedy().isEmpty())
                    .isEqualTo(finding.outcome() == Outcome.PASSED || finding.outcome() == Outcome.SKIPPED));
        }
    }

    /// A statement as a question.
    private record Asking(SetupTest test, String sql) implements Question {

        @Override
        public List<Finding> ask(Connection session) throws SQLException {
            try (Statement statement = session.createStatement()) {
                statement.execute(sql);
                return List.of(Finding.passed(test, "Answered."));
            }
        }
    }

    @Test
    void a_question_that_waits_or_breaks_its_session_keeps_no_other_from_being_asked() throws SQLException {
        try (TestDatabase database = ready(17);
                Connection locking = database.session()) {
            locking.setAutoCommit(false);
            try (Statement statement = locking.createStatement()) {
                statement.execute("LOCK TABLE mills");
            }
            Asked.Of of = Asked.Of.superuser(database);
            List<Finding> findings = new ArrayList<>();
            new SourceChecks(of.endpoint(), of.settings(), List.of(
                            new Asking(SetupTest.SLOT, "SELECT count(*) FROM public.mills"),
                            new Asking(SetupTest.CONFIGURATION, "SELECT pg_terminate_backend(pg_backend_pid())"),
                            new Asking(SetupTest.PUBLICATION, "CREATE TABLE public.wheels (id int)"),
                            new Asking(SetupTest.SPEED, "SELECT 1")))
                    .ask(findings::add);
            assertThat(findings).extracting(Finding::outcome)
                    .containsExactly(Outcome.WARNING, Outcome.FAILED, Outcome.FAILED, Outcome.PASSED);
            assertThat(findings.get(0).message()).contains("Somebody holds a lock");
            assertThat(findings.get(2).message()).as("a check cannot write").contains("read-only");
        }
    }
}
