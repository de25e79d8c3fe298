package dev.millrace.cli;

import static dev.millrace.cli.CommandLineHarness.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CommandLineHarness.Outcome;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class CommandsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private TestDatabase database;
    private String file;

    @BeforeEach
    void prepare() throws IOException {
        database = TestPostgres.latest().newDatabase();
        database.execute(
                "CREATE TABLE mills (id int PRIMARY KEY, name text)",
                "INSERT INTO mills SELECT i, 'mill ' || i FROM generate_series(1, 100) AS i",
                "CREATE TABLE wheels (id int PRIMARY KEY, mill int)",
                "INSERT INTO wheels SELECT i, i % 7 FROM generate_series(1, 50) AS i");
        String slot = "slot_" + database.name();
        database.createPublicationAndSlot("pub", slot);
        file = CommandLineHarness.settings(folder, database, slot).toString();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_sync_copies_and_a_second_one_follows() {
        Outcome first = run("sync", file);
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("Up to date: 150 rows copied, 2 tables published");
        database.execute("UPDATE mills SET name = 'changed' WHERE id = 1", "DELETE FROM wheels WHERE id = 50");
        assertThat(run("sync", file).out()).contains(" 0 rows copied, 0 tables published, 2 changes followed");
        assertThat(run("query", file, "SELECT name FROM t_public.mills WHERE id = 1").out()).contains("changed");
        assertThat(run("verify", file)).satisfies(outcome -> {
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out()).contains("public.mills: 100 rows, all the same", "public.wheels: 49 rows, all the same")
                    .contains("The copy is right: 2 tables, 149 rows");
        });
    }

    @Test
    void every_event_of_a_sync_is_a_line_of_json() {
        List<JsonNode> lines = run("sync", file, "--json").jsonLines();
        assertThat(lines).extracting(line -> line.get("event").stringValue()).contains("copy_started", "range_loaded", "table_published");
        assertThat(lines.getLast().get("event").stringValue()).isEqualTo("ended");
        assertThat(lines.getLast().get("rows_copied").longValue()).isEqualTo(150);
    }

    @Test
    void a_status_names_tables_rows_and_lag() {
        run("sync", file);
        JsonNode status = run("status", file, "--json").json();
        assertThat(status.get("running").booleanValue()).isFalse();
        assertThat(status.get("upstream").get("reachable").booleanValue()).isTrue();
        assertThat(status.get("upstream").get("wal_held_bytes").longValue()).isNotNegative();
        assertThat(status.get("tables").get(0).get("name_in_destination").stringValue()).isEqualTo("t_public.mills");
        assertThat(status.get("tables").get(0).get("rows").longValue()).isEqualTo(100);
        assertThat(run("status", file).out()).contains("not running", "public.mills", "streaming");
    }

    @Test
    void a_status_names_what_is_not_copied_and_stays_readable() {
        run("sync", file);
        database.execute(
                "DROP PUBLICATION pub",
                "CREATE VIEW seen AS SELECT * FROM mills",
                "CREATE MATERIALIZED VIEW kept AS SELECT * FROM mills",
                "CREATE UNLOGGED TABLE quick (id int PRIMARY KEY)",
                "CREATE TEMPORARY TABLE passing (id int PRIMARY KEY)",
                "CREATE TABLE whole (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE whole_1 PARTITION OF whole FOR VALUES FROM (0) TO (9)",
                "CREATE TABLE part (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE part_in PARTITION OF part FOR VALUES FROM (0) TO (9)",
                "CREATE TABLE part_out PARTITION OF part FOR VALUES FROM (9) TO (19)",
                "CREATE TABLE root (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE root_1 PARTITION OF root FOR VALUES FROM (0) TO (9)",
                "DO $$ BEGIN FOR i IN 10000..12999 LOOP EXECUTE format('CREATE TABLE other_%s (id int)', i); END LOOP; END $$",
                "CREATE PUBLICATION pub FOR TABLE mills, part_in, root WITH (publish_via_partition_root = true)");
        List<String> lines = run("status", file)
                .out()
                .lines().filter(line -> line.startsWith("Not copied: "))
                .toList();
        assertThat(lines).hasSize(6);
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("Not copied: public.seen. It is a view"));
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("Not copied: public.kept. It is a materialized view"));
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("Not copied: public.quick. It is unlogged"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains(".passing. It is temporary"));
        assertThat(lines).anySatisfy(line -> assertThat(line).isEqualTo(
                "Not copied: public.whole. It and its partitions are not in publication pub. Run `ALTER PUBLICATION \"pub\" ADD TABLE"
                        + " \"public\".\"whole\";` to have it copied."));
        assertThat(lines).anySatisfy(line -> assertThat(line)
                .contains("public.other_10004 and 2,997 more (all with `--json`)", "It is not in publication pub.")
                .hasSizeLessThan(400));
        List<String> named = new ArrayList<>();
        run("status", file, "--json").json().get("left_out").forEach(table -> named.add(table.get("table").stringValue()));
        assertThat(named)
                .hasSize(3_007)
                .contains("public.other_12999", "public.part_out", "public.wheels")
                .doesNotContain("public.part", "public.part_in", "public.root", "public.root_1", "public.whole_1", "public.mills");
    }

    @Test
    void a_copy_that_was_tampered_with_is_found_out_and_a_resync_mends_it() throws SQLException {
        run("sync", file);
        tamper("UPDATE t_public.mills SET name = 'forged' WHERE id = 7", "DELETE FROM t_public.wheels WHERE id = 3");
        Outcome verdict = run("verify", file, "--json");
        assertThat(verdict.code()).isEqualTo(ExitCode.FINDING.number());
        assertThat(verdict.json().get("proven").booleanValue()).isFalse();
        assertThat(verdict.json().get("tables").get(0).get("differences").toString())
                .isEqualTo("[{\"kind\":\"unequal\",\"key\":[\"7\"],\"count\":1,\"columns\":[\"name\"],"
                        + "\"columns_in_destination\":[\"name\"]}]");
        assertThat(run("verify", file).out()).contains("(3) is missing from the copy", "not proven right");
        succeeds("resync", file, "public.mills", "public.wheels");
        assertThat(run("sync", file).out()).contains("150 rows copied");
        succeeds("verify", file);
    }

    @Test
    void names_are_those_of_the_source_with_those_of_the_copy_beside_them() throws SQLException {
        database.execute("CREATE TABLE \"Mills\" (id int PRIMARY KEY, \"ID\" int)", "INSERT INTO \"Mills\" VALUES (1, 10), (2, 20)");
        String slot = "slot_" + database.name();
        List<String> flags = List.of(
                "--source=postgresql://%s@%s:%d/%s".formatted(database.user(), database.host(), database.port(), database.name()),
                "--destination=duckdb:" + folder.resolve("copy.duckdb"),
                "--schema-prefix=t",
                "--destination-schema-names=FIVETRAN_NAMING",
                "--replication-slot=" + slot,
                "--publication-name=pub",
                "--password-env=PGPASS");
        assertThat(with("sync", flags).err()).contains("public.Mills", "t_public.mills_2", "id_2");
        JsonNode status = with("status", flags, "--json").json();
        assertThat(status.get("tables").get(0).get("table").stringValue()).isEqualTo("public.Mills");
        assertThat(status.get("tables").get(0).get("name_in_destination").stringValue()).isEqualTo("t_public.mills_2");
        assertThat(status.get("tables").get(0).get("rows").longValue()).isEqualTo(2);
        assertThat(status.get("warnings").toString()).contains("public.Mills", "Its column ID is called id_2 in the copy");
        assertThat(with("status", flags).out()).contains("t_public.mills_2", "Its column ID is called id_2 in the copy");
        tamper("UPDATE t_public.mills_2 SET id_2 = 11 WHERE id = 1");
        assertThat(with("verify", flags).out())
                .contains("public.Mills (t_public.mills_2 in the copy) differs", "(1) differs in ID (id_2 in the copy)");
        assertThat(with("resync", flags, "public.Mills").code()).isZero();
        with("sync", flags);
        assertThat(with("verify", flags).out()).contains("The copy is right: 3 tables");
        assertThat(run("sync", file).err()).contains("destination_schema_names: FIVETRAN_NAMING");
    }

    private static Outcome with(String command, List<String> flags, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(flags);
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void a_table_that_is_not_known_is_a_finding_and_nothing_is_done() {
        run("sync", file);
        Outcome outcome = run("resync", file, "public.mills", "public.nowhere", "--json");
        assertThat(outcome.code()).isEqualTo(ExitCode.FINDING.number());
        assertThat(outcome.json().get("requested")).isEmpty();
        assertThat(outcome.json().get("unknown").get(0).stringValue()).isEqualTo("public.nowhere");
    }

    @Test
    void a_source_that_does_not_answer_is_its_own_exit_code() throws IOException {
        Files.writeString(Path.of(file), Files.readString(Path.of(file)).replaceFirst("port: \\d+", "port: 1"));
        Outcome outcome = run("sync", file);
        assertThat(outcome.code()).isEqualTo(ExitCode.SOURCE.number());
        assertThat(outcome.err()).contains("HOST_UNREACHABLE: ", "What to do: ").doesNotContain("\tat ");
    }

    @Test
    void a_missing_slot_names_the_statement_that_makes_it() {
        database.execute("SELECT pg_drop_replication_slot('slot_" + database.name() + "')");
        Outcome outcome = run("sync", file, "--json");
        assertThat(outcome.code()).isEqualTo(ExitCode.SOURCE.number());
        JsonNode fault = outcome.jsonLines().getLast().get("fault");
        assertThat(fault.get("kind").stringValue()).isEqualTo("SLOT_MISSING");
        assertThat(fault.get("remedy").stringValue()).contains("pg_create_logical_replication_slot");
    }

    @Test
    void wrong_sql_is_the_destinations_and_a_stack_trace_comes_on_request_only() {
        run("sync", file);
        Outcome outcome = run("query", file, "SELECT * FROM nowhere");
        assertThat(outcome.code()).isEqualTo(ExitCode.DESTINATION.number());
        assertThat(outcome.err()).contains("nowhere").doesNotContain("\tat ");
        assertThat(run("query", file, "SELECT * FROM nowhere", "--verbose").err()).contains("\tat ");
        assertThat(run("query", file, "SELECT 1 AS one, NULL::INTEGER AS two", "--json").json().toString())
                .isEqualTo("{\"columns\":[{\"name\":\"one\",\"type\":\"INTEGER\"},{\"name\":\"two\",\"type\":\"INTEGER\"}],"
                        + "\"rows\":[[1,null]]}");
    }

    @Test
    void a_query_before_the_first_sync_says_what_to_do() {
        Outcome outcome = run("query", file, "SELECT 1");
        assertThat(outcome.code()).isEqualTo(ExitCode.DESTINATION.number());
        assertThat(outcome.err()).contains("there is no copy to read", "Run `millrace sync` first");
    }

    @Test
    void a_sync_that_goes_on_is_asked_through_its_socket_and_ends_cleanly() throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process sync = CommandLineHarness.start(out, err, "sync", file, "--continuous");
        try {
            Eventually.within(LIMIT, () -> assertThat(run("query", file, "SELECT count(*) AS n FROM t_public.mills", "--json").out())
                    .contains("[100]"));
            assertThat(run("status", file, "--json").json().get("running").booleanValue()).isTrue();
            database.execute("INSERT INTO mills VALUES (101, 'new')");
            Eventually.within(LIMIT, () -> assertThat(run("query", file, "SELECT name FROM t_public.mills WHERE id = 101").out())
                    .contains("new"));
            succeeds("verify", file);
            assertThat(run("resync", file, "public.wheels").out()).startsWith("Being copied again: public.wheels");
            assertThat(run("query", file, "SELECT * FROM nowhere").code()).isEqualTo(ExitCode.DESTINATION.number());
            Outcome second = run("sync", file);
            assertThat(second.code()).isEqualTo(ExitCode.DESTINATION.number());
            assertThat(second.err()).contains("Another millrace is syncing");
        } finally {
            sync.destroy();
            assertThat(sync.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(sync.exitValue()).as(Files.readString(err)).isZero();
        assertThat(Files.readString(out)).startsWith("Stopped: ");
        assertThat(folder.resolve("copy.duckdb.socket")).doesNotExist();
        succeeds("verify", file);
    }

    @Test
    void a_killed_sync_leaves_a_copy_that_is_read_and_taken_up() throws Exception {
        Process sync = CommandLineHarness.start(folder.resolve("out"), folder.resolve("err"), "sync", file, "--continuous");
        Eventually.within(LIMIT, () -> assertThat(
                        run("query", file, "SELECT (SELECT count(*) FROM t_public.mills), (SELECT count(*) FROM t_public.wheels)", "--json")
                                .out())
                .contains("[100,50]"));
        sync.destroyForcibly().waitFor();
        assertThat(folder.resolve("copy.duckdb.socket")).exists();
        assertThat(run("query", file, "SELECT count(*) FROM t_public.wheels", "--json").out()).contains("[50]");
        assertThat(folder.resolve("copy.duckdb.socket")).doesNotExist();
        succeeds("sync", file);
        succeeds("verify", file);
    }

    @Test
    void flags_do_what_a_file_does() {
        String[] connection = flags();
        succeeds(with(connection, "sync"));
        assertThat(run(with(connection, "query", "SELECT count(*) FROM f_public.mills")).out()).contains("100");
        succeeds(with(connection, "verify", "public.mills"));
    }

    @Test
    void flags_set_the_mode_and_the_prefix_of_added_columns() {
        String[] connection = with(new String[] {"--sync-mode", "HISTORY", "--system-column-prefix", "_fivetran_"}, flags());
        succeeds(with(connection, "sync"));
        assertThat(run(with(connection, "query", "SELECT count(*) FROM f_public.mills WHERE _fivetran_active")).out()).contains("100");
        assertThat(run(with(connection, "status")).out()).contains("history");
        connection[connection.length - 3] = "SOMETIMES";
        assertThat(run(with(connection, "sync")).err()).contains("--sync-mode", "HISTORY");
    }

    private String[] flags() {
        return new String[] {
            "--source", "postgresql://postgres@127.0.0.1:%d/%s".formatted(database.port(), database.name()),
            "--destination", "duckdb:" + folder.resolve("flags.duckdb"),
            "--schema-prefix", "f",
            "--replication-slot", "slot_" + database.name(),
            "--publication-name", "pub",
            "--password-env", "PGPASS"
        };
    }

    private static void succeeds(String... arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
    }

    private static String[] with(String[] flags, String... words) {
        String[] all = Arrays.copyOf(words, words.length + flags.length);
        System.arraycopy(flags, 0, all, words.length, flags.length);
        return all;
    }

    private void tamper(String... sql) throws SQLException {
        try (Connection session = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("copy.duckdb"));
                Statement statement = session.createStatement()) {
            for (String each : sql) {
                statement.execute(each);
            }
        }
    }
}
