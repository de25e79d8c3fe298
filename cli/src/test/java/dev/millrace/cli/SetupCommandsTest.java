package dev.millrace.cli;

import static dev.millrace.cli.CommandLineHarness.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CommandLineHarness.Outcome;
import dev.millrace.cli.terminal.Person;
import dev.millrace.core.secret.Secret;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// From a database that has nothing to a copy, by `prepare`, `check` and `sync`.
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class SetupCommandsTest {

    @TempDir
    Path folder;

    private TestDatabase database;
    private String user;
    private String file;

    @BeforeEach
    void make() throws IOException {
        database = TestPostgres.latest().newDatabase();
        user = "millrace_" + database.name();
        database.execute("CREATE TABLE mills (id int PRIMARY KEY, name text)", "INSERT INTO mills VALUES (1, 'one')");
        Path settings = CommandLineHarness.settings(folder, database, "slot_" + database.name());
        Files.writeString(settings, Files.readString(settings).replace("user: postgres", "user: " + user));
        file = settings.toString();
    }

    @AfterEach
    void drop() {
        database.execute("DROP PUBLICATION IF EXISTS pub");
        if (database.value("SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(user)).equals("1")) {
            database.execute("DROP OWNED BY " + user, "DROP USER " + user);
        }
        database.close();
    }

    private static Person answering(String password, boolean agrees) {
        return new Person() {
            @Override
            public Optional<Secret> secret(String question) {
                return Optional.of(Secret.of(password));
            }

            @Override
            public Optional<Boolean> agrees(String question) {
                return Optional.of(agrees);
            }
        };
    }

    @Test
    void prepare_check_and_sync_lead_from_nothing_to_a_copy_and_undo_leads_back() {
        Outcome unready = run("check", file);
        assertThat(unready.code()).isEqualTo(ExitCode.FINDING.number());
        assertThat(unready.out()).contains("FAILED   Database Connection: ", "SKIPPED  WAL Replication Slot: ", "Not ready.");

        Outcome applied = run("prepare", file, "--apply", "--yes", "--admin-user", "postgres", "--admin-password", "${env:PGPASS}");
        assertThat(applied.code()).as(applied.out() + applied.err()).isZero();
        assertThat(applied.out()).contains("CREATE USER \"%s\" PASSWORD :'millrace_password';".formatted(user), "Ready.").doesNotContain("sesame");
        assertThat(applied.err()).doesNotContain("sesame");
        Outcome again = run("prepare", file, "--apply", "--admin-user", "postgres", "--admin-password", "${env:PGPASS}");
        assertThat(again.code()).isZero();
        assertThat(again.out()).startsWith("Nothing is missing.");

        assertThat(run("check", file).code()).isZero();
        JsonNode checked = run("check", file, "--json").json();
        assertThat(checked.get("status").stringValue()).isEqualTo("PASSED");
        List<String> titles = new ArrayList<>();
        checked.get("setup_tests").forEach(one -> titles.add(one.get("title").stringValue()));
        assertThat(titles)
                .startsWith("SSH Tunnel Connection", "Host Connection", "Validate Certificate", "Database Connection", "WAL Replication Slot");
        JsonNode test = checked.get("setup_tests").get(4);
        assertThat(List.copyOf(test.propertyNames())).containsExactly("title", "status", "message", "details", "remedy", "findings");
        assertThat(run("sync", file).out()).startsWith("Up to date: 1 rows copied");

        Outcome undone = run("prepare", file, "--undo", "--yes", "--admin-user", "postgres", "--admin-password", "${env:PGPASS}");
        assertThat(undone.code()).as(undone.err()).isZero();
        assertThat(database.value("SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(user))).isEqualTo("0");
        assertThat(run("prepare", file, "--undo", "--admin-user", "postgres", "--admin-password", "${env:PGPASS}").out())
                .contains("Nothing is there that could be taken away.");
    }

    @Test
    void what_is_printed_can_be_run_by_an_administrator_as_it_stands() {
        Outcome printed = run("prepare", file);
        assertThat(printed.code()).isZero();
        assertThat(printed.out()).startsWith("-- What the source needs").contains("\\set millrace_password");
        database.execute(printed.out().replace(":'millrace_password'", "'sesame'").split("(?<=;)\n"));
        Outcome checked = run("check", file);
        assertThat(checked.code()).as(checked.out()).isZero();
        assertThat(run("prepare", file).out()).startsWith("-- What the source lacks").contains("-- Nothing is missing.");
        database.execute("SELECT pg_drop_replication_slot('slot_%s')".formatted(database.name()));
        JsonNode json = run("prepare", file, "--json").json();
        assertThat(json.get("steps")).hasSize(1);
        assertThat(json.get("steps").get(0).get("acts").get(0).get("sql").stringValue()).contains("pg_create_logical_replication_slot");
    }

    @Test
    void nothing_is_done_before_somebody_has_agreed() {
        Outcome nobody = run("prepare", file, "--apply", "--admin-user", "postgres", "--admin-password", "${env:PGPASS}");
        assertThat(nobody.code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(nobody.err()).contains("with --yes it is done at once");
        Outcome refused = run(answering("sesame", false), "prepare", file, "--apply", "--admin-user", "postgres");
        assertThat(refused.code()).isEqualTo(ExitCode.STOPPED.number());
        assertThat(refused.out()).contains("CREATE USER", "Nothing was done.");
        assertThat(database.value("SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(user))).isEqualTo("0");
        assertThat(run(answering("sesame", true), "prepare", file, "--apply", "--admin-user", "postgres").code()).isZero();
    }

    @Test
    void what_is_to_be_agreed_to_is_shown_also_where_the_output_is_for_a_machine() {
        Outcome refused = run(answering("sesame", false), "prepare", file, "--apply", "--json", "--admin-user", "postgres");
        assertThat(refused.code()).isEqualTo(ExitCode.STOPPED.number());
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("CREATE USER", "Nothing was done.");
    }

    @Test
    void while_the_slot_is_read_undoing_says_so_and_not_that_nothing_is_there() throws SQLException {
        try (Statement reader = database.session().createStatement()) {
            reader.execute("SELECT pg_create_logical_replication_slot('slot_%s', 'pgoutput', true)".formatted(database.name()));
            Outcome undone = run("prepare", file, "--undo", "--yes", "--admin-user", "postgres", "--admin-password", "${env:PGPASS}");
            assertThat(undone.code()).isEqualTo(ExitCode.SOURCE.number());
            assertThat(undone.err()).contains("SLOT_IN_USE", "nothing is taken away", "undo again.");
        }
    }

    @Test
    void what_stands_in_the_way_of_looking_is_told_in_the_header() throws IOException {
        Files.writeString(Path.of(file), Files.readString(Path.of(file)).replace("port: " + database.port(), "port: 1"));
        Outcome printed = run("prepare", file);
        assertThat(printed.out()).contains("CREATE USER").doesNotContain("was not let in");
        assertThat(printed.out().lines().limit(2)).allSatisfy(line -> assertThat(line).startsWith("-- ")).last().asString().contains(":1");
    }

    @Test
    void where_only_a_person_can_do_what_is_left_it_is_shown_and_said() throws IOException {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of("wal_level", "replica"));
                TestDatabase replica = server.newDatabase()) {
            Path settings = CommandLineHarness.settings(folder, replica, "slot_x");
            String[] apply = {"prepare", settings.toString(), "--apply", "--yes", "--admin-user", "postgres", "--admin-password", "${env:PGPASS}"};
            run(apply);
            assertThat(run(apply).out()).contains("wal_level", "What is left only a person can do").doesNotContain("Nothing is missing.");
        }
    }

    @Test
    void nothing_of_a_name_is_a_statement_in_what_is_printed() {
        database.execute("CREATE TABLE \"page\nDROP TABLE mills; --views\" (at int)");
        Outcome printed = run("prepare", file, "--admin-user", "postgres", "--admin-password", "${env:PGPASS}");
        assertThat(printed.out()).contains("FOR TABLE \"public\".\"mills\"").contains("-- Note: Left out of the publication");
        assertThat(printed.out().lines().filter(line -> line.contains("DROP TABLE"))).isNotEmpty().allSatisfy(line -> assertThat(line).startsWith("-- "));
    }

    @Test
    void options_that_do_not_go_together_are_told() {
        assertThat(run("prepare", file, "--apply").err()).contains("--admin-user");
        assertThat(run("prepare", file, "--apply", "--undo", "--admin-user", "x").err()).contains("give one of them");
        assertThat(run("prepare", file, "--terraform").err()).contains("aurora_postgres");
        assertThat(run("prepare", file, "--admin-user", "x", "--admin-password", "plain").err()).contains("Others on this machine can read a command line");
        assertThat(run("prepare", file, "--admin-user", "x", "--admin-password", "${env:NOT_THERE}").err()).contains("NOT_THERE");
    }

    @Test
    void for_amazon_the_parameter_group_and_the_network_are_said_as_commands_and_as_terraform() throws IOException {
        Files.writeString(Path.of(file), Files.readString(Path.of(file)).replace("service: postgres", "service: aurora_postgres"));
        assertThat(run("prepare", file).out()).contains("/* At the provider", "aws rds modify-db-cluster-parameter-group", "*/");
        assertThat(run("prepare", file, "--terraform").out()).startsWith("#").contains("resource \"aws_rds_cluster_parameter_group\"");
    }
}
