package dev.millrace.source.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SpeedQuestionTest {

    private static final Duration LIMIT = Duration.ofMillis(500);

    @Test
    void a_small_database_says_how_fast_the_way_is() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            Asked.Of of = Asked.Of.superuser(database);
            Finding finding = of.ask(new SpeedQuestion(of.settings(), of.endpoint())).worst(SetupTest.SPEED);
            assertThat(finding.outcome()).as(finding.message()).isEqualTo(Outcome.PASSED);
            assertThat(finding.message()).containsPattern("Rows arrive at [0-9.]+ MB/s: .* of rows that the server made up");
        }
    }

    @Test
    void the_largest_table_is_the_sample_and_only_what_is_selected_of_it() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute(
                    "CREATE TABLE large (id int PRIMARY KEY, body text, secret text)",
                    "INSERT INTO large SELECT i, repeat('x', 1000), 'no' FROM generate_series(1, 12000) i",
                    "ANALYZE large");
            Asked.Of of = Asked.Of.superuser(database);
            assertThat(of.ask(new SpeedQuestion(of.settings(), of.endpoint())).worst(SetupTest.SPEED).message()).contains("of table public.large");
            Asked.Of without = of.only(Asked.only(Set.of(new TableName("public", "other")), Set.of()));
            assertThat(without.ask(new SpeedQuestion(without.settings(), without.endpoint())).worst(SetupTest.SPEED).message()).contains("made up");
        }
    }

    @Test
    void a_table_whose_rows_are_all_deleted_is_no_sample() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute(
                    "CREATE TABLE large (body text) WITH (autovacuum_enabled = false)",
                    "INSERT INTO large SELECT repeat('x', 1000) FROM generate_series(1, 12000)",
                    "ANALYZE large",
                    "DELETE FROM large");
            Asked.Of of = Asked.Of.superuser(database);
            Finding finding = of.ask(new SpeedQuestion(of.settings(), of.endpoint())).worst(SetupTest.SPEED);
            assertThat(finding.outcome()).as(finding.message()).isEqualTo(Outcome.PASSED);
            assertThat(finding.message()).contains("made up");
        }
    }

    @Test
    @Timeout(20)
    void the_limit_is_kept_in_the_middle_of_a_large_row() throws IOException, SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase();
                SlowProxy proxy = SlowProxy.to(database.port(), 1_000_000)) {
            database.execute(
                    "CREATE TABLE large (body text)",
                    "ALTER TABLE large ALTER COLUMN body SET STORAGE EXTERNAL",
                    "INSERT INTO large VALUES (repeat('x', 50000000))",
                    "INSERT INTO large SELECT repeat('x', 1000) FROM generate_series(1, 12000)",
                    "ANALYZE large");
            Asked.Of of = Asked.Of.superuser(database);
            PostgresEndpoint slow = of.endpoint(proxy.port(), database.name());
            try (Connection session = slow.open()) {
                assertThat(new SpeedQuestion(of.settings(), slow, 64 << 20, LIMIT).ask(session))
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.message()).contains("made up"));
            }
        }
    }

    @Test
    void a_slow_way_is_warned_of_with_the_figure() throws IOException, SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase();
                SlowProxy proxy = SlowProxy.to(database.port(), 1_000_000)) {
            Asked.Of of = Asked.Of.superuser(database);
            PostgresEndpoint slow = of.endpoint(proxy.port(), database.name());
            try (Connection session = slow.open()) {
                List<Finding> findings = new SpeedQuestion(of.settings(), slow, 64 << 20, LIMIT).ask(session);
                assertThat(findings).singleElement().satisfies(finding -> {
                    assertThat(finding.outcome()).as(finding.message()).isEqualTo(Outcome.WARNING);
                    assertThat(finding.message()).contains("MB/s", "Below 5 MB/s");
                });
            }
        }
    }
}
