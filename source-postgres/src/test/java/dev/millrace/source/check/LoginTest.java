package dev.millrace.source.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Each way in which a login can fail, for real.
class LoginTest {

    private static Finding refused(Asked.Of of, String database) {
        Finding finding = of.ask(of.database().port(), database).worst(SetupTest.DATABASE);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        return finding;
    }

    @Test
    void a_wrong_password_is_told_and_not_shown() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            Finding finding = refused(Asked.Of.superuser(database).as(database.user(), "wr0ng-and-secret"), database.name());
            assertThat(finding.message()).contains("refuses the password of user postgres");
            assertThat(finding.toString()).doesNotContain("wr0ng-and-secret");
        }
    }

    @Test
    void a_password_that_is_missing_is_asked_for() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            assertThat(refused(Asked.Of.superuser(database).as(database.user(), ""), database.name()).remedy()).contains("${env:NAME}");
        }
    }

    @Test
    void a_database_that_is_not_there_is_named() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            assertThat(refused(Asked.Of.superuser(database), "No Such").message()).contains("There is no database No Such");
        }
    }

    @Test
    void the_right_to_connect_can_be_granted_by_what_is_said() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            String user = "O'Neil \"%s\"".formatted(database.name());
            database.createUser(user, "pw", "");
            database.execute("REVOKE CONNECT ON DATABASE %s FROM PUBLIC".formatted(database.name()));
            Asked.Of of = Asked.Of.superuser(database).as(user, "pw");
            database.execute(Asked.statements(refused(of, database.name())));
            assertThat(of.ask().worst(SetupTest.DATABASE).outcome()).isEqualTo(Outcome.PASSED);
        }
    }

    @Test
    void a_user_who_may_not_log_in_and_one_with_no_connection_left_are_told_apart() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            String locked = "locked_" + database.name();
            String narrow = "narrow_" + database.name();
            database.createUser(locked, "pw", "NOLOGIN");
            database.createUser(narrow, "pw", "CONNECTION LIMIT 0");
            assertThat(refused(Asked.Of.superuser(database).as(locked, "pw"), database.name()).remedy()).contains("LOGIN;");
            assertThat(refused(Asked.Of.superuser(database).as(narrow, "pw"), database.name()).message()).contains("no connection to spare");
        }
    }

    @Test
    void the_line_for_pg_hba_that_is_said_lets_us_in() throws IOException {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of());
                TestDatabase database = server.newDatabase()) {
            String user = "Night \"Reader\"";
            database.createUser(user, "pw", "");
            Path hba = Path.of(database.value("SHOW hba_file"));
            String before = Files.readString(hba);
            Files.writeString(hba, "host all \"postgres\" 127.0.0.1/32 scram-sha-256\n");
            database.execute("SELECT pg_reload_conf()");
            Asked.Of of = Asked.Of.superuser(database).as(user, "pw");
            Finding finding = Eventually.seen(
                    Duration.ofSeconds(10),
                    () -> of.ask().worst(SetupTest.DATABASE),
                    seen -> seen.outcome() == Outcome.FAILED);
            assertThat(finding.message()).contains("address 127.0.0.1", "without TLS", "`pg_hba.conf` has no line for user " + user);
            String line = Asked.statements(finding)[0];
            assertThat(line).isEqualTo("host \"%s\" \"Night \"\"Reader\"\"\" 127.0.0.1/32 scram-sha-256".formatted(database.name()));
            Files.writeString(hba, before.isEmpty() ? line : "host all \"postgres\" 127.0.0.1/32 scram-sha-256\n" + line + "\n");
            database.execute("SELECT pg_reload_conf()");
            Eventually.within(
                    Duration.ofSeconds(10),
                    "the line is heeded",
                    () -> of.ask().worst(SetupTest.DATABASE).outcome() == Outcome.PASSED);
        }
    }

    @Test
    void aurora_says_so_and_an_old_one_may_be_serverless() {
        try (TestDatabase old = TestPostgres.version(11).newDatabase();
                TestDatabase database = TestPostgres.latest().newDatabase()) {
            for (TestDatabase each : List.of(old, database)) {
                each.execute("CREATE FUNCTION pg_catalog.aurora_version() RETURNS text LANGUAGE sql AS $$SELECT '3.4.5'$$");
            }
            Finding serverless = Asked.Of.superuser(old).ask().worst(SetupTest.DATABASE);
            assertThat(serverless.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(serverless.message()).contains("Amazon Aurora 3.4.5", "Serverless v2");
            Finding young = Asked.Of.superuser(database).ask().worst(SetupTest.DATABASE);
            assertThat(young.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(young.message()).contains("PostgreSQL 17", "Amazon Aurora 3.4.5");
        }
    }
}
