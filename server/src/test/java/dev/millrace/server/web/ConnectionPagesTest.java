package dev.millrace.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.ServerHarness;
import dev.millrace.server.member.Role;
import dev.millrace.server.run.RunLog.Level;
import dev.millrace.server.state.Json;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What is changed of a connection that is copied already.
@SuppressWarnings("NullAway.Init")
@Tag("browser")
@Timeout(300)
class ConnectionPagesTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static Browser browser;

    @TempDir
    Path home;

    @BeforeAll
    static void startBrowser() {
        browser = new Browser();
    }

    @AfterAll
    static void endBrowser() {
        browser.close();
    }

    @AfterEach
    void the_browser_complained_of_nothing() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static String copied(ServerHarness server, TestDatabase database) {
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        String id = server.post("/v1/connections", ServerHarness.connection(server.group("warehouse"), database, "shop").toString()).data().path("id").asString();
        Eventually.within(LIMIT, () -> assertThat(server.server().plane().connections().standing(id).historical()).isFalse());
        return id;
    }

    @Test
    void a_table_is_copied_again_by_itself_and_only_the_rows_that_are_wanted_and_all_of_it_goes_into_another_file() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute(
                    "CREATE TABLE orders (id int PRIMARY KEY, region text)",
                    "INSERT INTO orders SELECT i, CASE i % 3 WHEN 0 THEN 'EU' WHEN 1 THEN 'US' ELSE 'AP' END FROM generate_series(1, 300) i",
                    "CREATE TABLE \"old.orders\" (id int PRIMARY KEY)");
            String id = copied(server, database);
            browser.enter(server, Role.EDITOR);

            browser.open("/connections/" + id).see("public.old.orders").press("form[action$='/resync']:has([value='old.orders']) button").agree().see("Up to date");
            Eventually.within(LIMIT, () -> assertThat(told(server, "resync")).isEqualTo("[public.old.orders]"));

            browser.open("/connections/" + id + "/schema").see("old.orders").press("form[action$='/resync']:has([value='orders']) button").agree().see("300 rows copied");

            browser.open("/connections/" + id + "/schema?q=PUBLIC.ORD").see("1 table of that name").click("Rows: all").see("Rows are copied for which");
            browser.choose("column", "region").choose("operator", "IN").click("Save the rows").see("takes a list of 1 to 1000 values");
            browser.type("value", "EU\nUS").click("Save the rows").see("Rows: region IN EU, US");
            browser.open("/connections/" + id).click("Sync now").see("200 rows copied");
            browser.open("/connections/" + id + "/schema?q=public.orders").click("Rows: region IN EU, US").see("Save the rows");
            assertThat(browser.value("value")).isEqualTo("EU\nUS");
            browser.choose("column", "").click("Save the rows").see("Rows: all");
            for (String tab : List.of("", "/log", "/schema?q=orders", "/data", "/verify", "/setup", "/tests")) {
                assertThat(browser.nameless("/connections/" + id + tab)).as(tab).isEmpty();
            }

            browser.open("/destinations").click("warehouse").type("name", "Lake").type("path", "../elsewhere").click("Save & Test").see("lies elsewhere");
            browser.type("path", "lake").click("Save & Test").see("can be written");
            assertThat(browser.text()).contains("Lake", "Passed");
            int runs = server.server().plane().runs().last(id, 100).size();
            browser.open("/connections/" + id).click("Sync now");
            Eventually.within(LIMIT, () -> assertThat(server.server().plane().runs().last(id, 100)).hasSizeGreaterThan(runs).first().satisfies(run -> assertThat(run.rowsCopied()).isEqualTo(300)));
            assertThat(Files.exists(server.server().plane().home().destinations().resolve("lake.duckdb"))).isTrue();
            browser.leave();
        }
    }

    @Test
    void who_has_a_role_in_one_group_finds_buttons_for_what_they_may_do_there_and_no_others() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            String theirs = server.group("theirs");
            String read = server.group("read");
            String ours = server.group("ours");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String reads = connection(server, read, database, "read");
            String own = connection(server, ours, database, "own");
            connection(server, theirs, database, "foreign");
            browser.enter(server, Role.EDITOR);
            server.post("/v1/groups/" + read + "/users", "{\"email\":\"%s\",\"role\":\"Destination Reviewer\"}".formatted(Tour.EMAIL));
            server.post("/v1/groups/" + ours + "/users", "{\"email\":\"%s\",\"role\":\"Destination Administrator\"}".formatted(Tour.EMAIL));

            browser.open("/").see("own");
            assertThat(browser.text()).contains("read", "New connection").doesNotContain("foreign");
            browser.open("/connections/" + own + "/setup").see("Save & Test");
            browser.open("/connections/" + reads + "/setup").see("Setup tests");
            assertThat(browser.text()).doesNotContain("Save & Test", "Delete the connection");
            browser.open("/connections/new").see("Save & Test");
            assertThat(browser.text()).contains("ours").doesNotContain("theirs");
            browser.open("/destinations").see("ours");
            assertThat(browser.text()).contains("read").doesNotContain("theirs", "Make it");
            browser.open("/destinations/" + ours).see("Save & Test").click("Save & Test").see("can be written");
            browser.open("/destinations/" + read).see("Settings");
            assertThat(browser.text()).doesNotContain("Save & Test");
            browser.open("/destinations/" + theirs).see("There is no destination");
            browser.leave();
        }
    }

    private static String connection(ServerHarness server, String group, TestDatabase database, String prefix) {
        ObjectNode body = ServerHarness.connection(group, database, prefix).put("paused", true).put("run_setup_tests", false);
        return server.post("/v1/connections", body.toString()).data().path("id").asString();
    }

    private static String told(ServerHarness server, String action) {
        return server.server().plane().audit().last(10).stream().filter(entry -> entry.action().equals(action)).map(entry -> entry.detail().path("tables").asString()).findFirst().orElse("");
    }

    @Test
    void a_viewer_sees_which_rows_are_copied_and_takes_the_log_away_and_has_nothing_to_change_anything_by() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("CREATE TABLE orders (id int PRIMARY KEY, region text)");
            String id = copied(server, database);
            ObjectNode filter = Json.parseObject("{\"row_filter\": [{\"column\": \"region\", \"operator\": \"EQUALS\", \"value\": \"EU\"}]}");
            assertThat(server.patch("/v1/connections/" + id + "/schemas/public/tables/orders", filter.toString()).status()).isEqualTo(200);
            server.server().plane().log().add(id, Optional.empty(), Level.WARNING, "a_word", Json.object().put("message", "of warning"));
            browser.enter(server, Role.VIEWER);

            browser.open("/connections/" + id + "/log").see("a_word");
            assertThat(browser.has("a[download][href*='/log/download']")).isTrue();
            List<ObjectNode> lines = browser.fetch("/connections/" + id + "/log/download?level=&event=").lines().map(Json::parseObject).toList();
            assertThat(lines).extracting(line -> line.path("event").asString()).containsSubsequence("sync_start", "sync_end").endsWith("a_word");
            assertThat(lines).allSatisfy(line -> assertThat(line.path("connection_name").asString()).isEqualTo("shop"));
            assertThat(browser.fetch("/connections/" + id + "/log/download?level=WARNING").lines()).hasSize(1);

            browser.open("/connections/" + id + "/schema").see("Rows: region = EU").click("Rows: region = EU").see("Rows are copied for which");
            assertThat(browser.canClick("Save the rows") || browser.canClick("Copy this table again")).isFalse();
            browser.open("/destinations").click("warehouse").see("Settings");
            assertThat(browser.canClick("Save & Test") || browser.canClick("Delete the destination")).isFalse();
            String csrf = browser.run("return document.querySelector('[name=csrf]').value");
            String group = server.server().plane().destinations().all().getFirst().id();
            for (String path : List.of("/connections/" + id + "/schema/rows", "/connections/" + id + "/resync", "/destinations/" + group, "/webhooks")) {
                assertThat(browser.send(path, "schema=public&table=orders&name=mine&csrf=" + csrf)).as(path).isEqualTo(403);
            }
            browser.leave();
        }
    }

    @Test
    void of_thousands_of_tables_only_some_are_sent_and_any_of_them_is_found_by_its_name() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("DO $$ BEGIN FOR i IN 1..1200 LOOP EXECUTE format('CREATE TABLE part_%s (id int PRIMARY KEY)', to_char(i, 'FM0000')); END LOOP; END $$");
            database.execute("CREATE SCHEMA other", "CREATE TABLE other.part_0777 (id int PRIMARY KEY)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            ObjectNode body = ServerHarness.connection(server.group("warehouse"), database, "shop").put("run_setup_tests", false).put("paused", true);
            String id = server.post("/v1/connections", body.toString()).data().path("id").asString();
            browser.enter(server, Role.EDITOR);
            browser.open("/connections/" + id + "/schema").see("1200 of 1200 tables");
            assertThat(browser.has(".leaf")).isFalse();
            browser.click("public").await("[aria-label='Copy table part_0200']").click("other").await("[aria-label='Copy table part_0777']");
            assertThat(browser.count(".leaf")).isEqualTo(201);
            browser.click("More tables").await("[aria-label='Copy table part_0400']");
            assertThat(browser.count(".leaf")).isEqualTo(401);

            browser.type("q", "part_").see("1201 tables of that name, of which the first 50 are shown");
            assertThat(browser.count(".leaf")).isEqualTo(50);
            browser.type("q", "0777").see("2 tables of that name").press("[aria-label='Copy table part_0777']");
            Eventually.within(LIMIT, () -> assertThat(server.server().plane().connections().find(id).orElseThrow().choice().toString()).contains("part_0777"));
            Eventually.within(LIMIT, () -> assertThat(browser.focused()).isEqualTo("Copy table part_0777"));
            assertThat(browser.count(".leaf")).isEqualTo(2);
            browser.type("q", "none has it").see("0 tables of that name");
            browser.type("q", "x").see("0 tables").press("#q").clear("q").see("1200 of 1200 tables").leave();
        }
    }
}
