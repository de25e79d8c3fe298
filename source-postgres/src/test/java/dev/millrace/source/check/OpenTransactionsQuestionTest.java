package dev.millrace.source.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenTransactionsQuestionTest {

    private static List<Finding> of(Asked.Of each, Duration lasting, long ids, TestDatabase database) throws SQLException {
        return each.ask(new OpenTransactionsQuestion(each.settings(), lasting, ids)).of(SetupTest.OPEN_TRANSACTIONS).stream()
                .filter(finding -> finding.outcome() == Outcome.PASSED || finding.message().contains("database " + database.name()))
                .toList();
    }

    @Test
    void long_transactions_are_named_with_what_ends_them() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            Asked.Of of = Asked.Of.superuser(database);
            try (Connection writer = database.session();
                    Connection reader = database.session()) {
                begin(writer, "INSERT INTO mills VALUES (1)");
                begin(reader, "SELECT count(*) FROM mills");
                List<Finding> findings = of(of, Duration.ZERO, 1, database);
                assertThat(findings).extracting(Finding::outcome).containsExactly(Outcome.WARNING, Outcome.WARNING);
                assertThat(findings).extracting(Finding::message)
                        .anySatisfy(message -> assertThat(message).contains("keeps all log from its beginning on"))
                        .anySatisfy(message -> assertThat(message).contains("no vacuum removes what it may still see"));
                assertThat(of(of.by(Asked.XMIN), Duration.ZERO, 1, database)).extracting(Finding::message)
                        .anySatisfy(message -> assertThat(message).contains("each look reads again"));
                assertThat(of(of, Duration.ofMinutes(10), 100_000, database)).extracting(Finding::outcome).containsExactly(Outcome.PASSED);
                findings.forEach(finding -> database.execute(Asked.statements(finding)));
            }
            assertThat(of(of, Duration.ZERO, 1, database).stream().filter(finding -> finding.outcome() != Outcome.PASSED)).isEmpty();
        }
    }

    @Test
    void of_other_users_transactions_the_ids_are_seen_if_not_the_time() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            String user = "reader_" + database.name();
            database.createUser(user, "pw", "");
            Asked.Of of = Asked.Of.superuser(database).as(user, "pw");
            try (Connection writer = database.session()) {
                begin(writer, "INSERT INTO mills VALUES (1)");
                database.execute("INSERT INTO mills VALUES (2)");
                assertThat(of(of, Duration.ZERO, 1, database)).extracting(Finding::message).singleElement()
                        .satisfies(message -> assertThat(message).contains("transactions have begun since"));
                assertThat(of(of, Duration.ofMinutes(10), 100_000, database)).extracting(Finding::message).singleElement()
                        .satisfies(message -> assertThat(message).contains("pg_read_all_stats"));
            }
        }
    }

    @Test
    void a_prepared_transaction_that_was_forgotten_is_named_with_what_ends_it() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            try (Connection writer = database.session()) {
                begin(writer, "INSERT INTO mills VALUES (1)");
                try (Statement statement = writer.createStatement()) {
                    statement.execute("PREPARE TRANSACTION 'it''s %s'".formatted(database.name()));
                }
            }
            Asked.Of of = Asked.Of.superuser(database);
            Finding finding = of(of, Duration.ZERO, 1, database).getFirst();
            assertThat(finding.message()).contains("Transaction it's " + database.name(), "was prepared");
            database.execute(Asked.statements(finding)[0]);
            assertThat(database.value("SELECT count(*) FROM mills")).isEqualTo("1");
        }
    }

    private static void begin(Connection session, String sql) throws SQLException {
        session.setAutoCommit(false);
        session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }
}
