package dev.millrace.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.member.Role;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TlsPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Tag("browser")
@Timeout(300)
class WebPagesTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String BRANDED = "<img src=x onerror=alert(1)>";

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

    /// A script or style that the pages may not have would stand here, as would whatever a script threw.
    @AfterEach
    void the_browser_complained_of_nothing() {
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void the_way_of_the_guide_leads_from_an_empty_server_to_a_copy_and_on() {
        TestAuthority authority = TestAuthority.root("Test Root");
        try (TlsPostgres postgres = TlsPostgres.start(17, authority.server("127.0.0.1"), authority); ServerHarness server = new ServerHarness(home)) {
            TestDatabase database = postgres.database();
            Tour tour = new Tour(browser, server, database);
            browser.visit(server);
            tour.shop();
            tour.welcome();
            tour.destination();
            tour.fill("shop");
            browser.see("GRANT CONNECT ON DATABASE \"%s\" TO \"%s\"".formatted(database.name(), Tour.USER));

            browser.click("Save & Test").see("Is this your server?").see("CN=127.0.0.1").click("Approve this certificate");
            browser.see("There is no publication millrace_publication").see("CREATE PUBLICATION").see("Not everything is as it has to be yet");
            tour.publish();
            browser.click("Test again").see("All is as it has to be");

            browser.click("Choose schemas and tables").see("secrets").press("[aria-label='Copy table secrets']");
            Eventually.within(LIMIT, () -> assertThat(server.server().plane().connections().all().getFirst().choice().toString()).contains("secrets"));
            browser.click("Start the first copy").see("Up to date").see("Done").see("shop_public.customers");
            assertThat(browser.text()).doesNotContain("shop_public.secrets");

            tour.write(20_000);
            browser.click("Sync now").see("20,000 changes");
            browser.click("Pause").see("Paused").click("Resume").see("Up to date");
            browser.click("Copy again").agree().see("40,500 rows copied");

            browser.click("Log").see("sync_end").click("Verify").click("Compare now").see("2 tables equal, 0 different");
            browser.click("Data").click("shop_public.customers").see("customer7@example.com");
            browser.type("sql", "SELECT count(*) AS orders FROM shop_public.orders").click("Run").see("40000");
            browser.type("sql", "SELECT * FROM read_csv('/etc/passwd')").click("Run").see("'read_csv' is none");
            browser.type("sql", "SELECT * FROM '/etc/passwd.csv'").click("Run").see("There is no table");
            browser.type("sql", "COPY (SELECT 1) TO '/tmp/copied.csv'").click("Run").see("Only one SELECT can be asked here.");
            browser.type("sql", "SELECT 1; SELECT 2").click("Run").see("these are 2");

            browser.click("Setup").type("name", "shop").click("Delete the connection").see("Nothing is copied yet");
        }
    }

    @Test
    void what_is_wrong_in_the_form_stands_next_to_its_field_and_nothing_typed_is_lost() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            Tour tour = new Tour(browser, server, database);
            browser.visit(server);
            tour.welcome();
            tour.destination();
            tour.fill("shop");
            browser.type("port", "all of them").type("host", "").click("Save & Test").await("#host[aria-invalid]");
            browser.type("host", "db.example.com").click("Save & Test").await("#port[aria-invalid]");
            assertThat(browser.value("host")).isEqualTo("db.example.com");
            assertThat(browser.value("port")).isEqualTo("all of them");
            assertThat(browser.value("password")).isEqualTo(Tour.USERS_PASSWORD);
            browser.click("SSH tunnel").see("SSH host").see("ssh-ed25519");
            browser.type("port", "5432").press("[value=ProxyAgent]").click("Save & Test").await("#proxy_agent_id[aria-invalid]");
        }
    }

    @Test
    void a_viewer_sees_no_secret_and_changes_nothing_not_even_by_a_form_of_their_own() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            server.server().plane().members().add(Tour.EMAIL, "Vi", "Ewer", Role.VIEWER, Optional.of(Secret.of(Tour.PASSWORD)));
            String id = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString()).data().path("id").asString();
            browser.visit(server);
            browser.open("/connections/" + id + "/setup").type("email", Tour.EMAIL).type("password", Tour.PASSWORD).click("Log in").see("Setup tests");
            assertThat(browser.path()).isEqualTo("/connections/" + id + "/setup");
            assertThat(browser.source()).doesNotContain(database.password().isEmpty() ? "\"none\"" : database.password());
            for (String words : List.of("Save & Test", "Delete the connection", "Test again")) {
                assertThat(browser.canClick(words)).as(words).isFalse();
            }
            browser.open("/members");
            assertThat(browser.canClick("Make a member")).isFalse();

            String csrf = browser.run("return document.querySelector('[name=csrf]').value");
            for (String path : List.of("/connections/" + id + "/delete", "/connections/" + id + "/pause", "/connections/" + id + "/setup", "/connections/new", "/destinations", "/members")) {
                assertThat(browser.send(path, "name=shop&csrf=" + csrf)).as(path).isEqualTo(403);
            }
            assertThat(browser.send("/logout", "csrf=another")).isEqualTo(403);
            assertThat(server.server().plane().connections().find(id).orElseThrow().paused()).isFalse();
            browser.open("/audit").see("This needs the role");
        }
    }

    @Test
    void html_in_names_and_values_is_shown_as_text() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute(
                    "CREATE TABLE \"%s\" (id int PRIMARY KEY, \"%s\" text)".formatted(BRANDED, BRANDED), "INSERT INTO \"%s\" VALUES (1, '%s')".formatted(BRANDED, BRANDED));
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            server.server().plane().members().add(Tour.EMAIL, BRANDED, BRANDED, Role.ADMINISTRATOR, Optional.of(Secret.of(Tour.PASSWORD)));
            String id = server.post("/v1/connections", ServerHarness.connection(server.group(BRANDED.replace("/", "")), database, "shop").toString()).data().path("id").asString();
            browser.visit(server);
            browser.open("/").type("email", Tour.EMAIL).type("password", Tour.PASSWORD).click("Log in").see("shop");
            Eventually.within(LIMIT, () -> assertThat(server.server().plane().connections().standing(id).historical()).isFalse());
            for (String page : List.of("/", "/destinations", "/members", "/audit", "/connections/" + id + "/log")) {
                browser.open(page).see("shop".equals(page) ? "" : "Millrace");
                assertThat(browser.has("img[src=x]")).as(page).isFalse();
            }
            browser.open("/connections/" + id).see(BRANDED);
            browser.open("/connections/" + id + "/schema").see(BRANDED).click("Columns").see(BRANDED + " text");
            browser.open("/connections/" + id + "/data").press(".tables a").see(BRANDED);
            assertThat(browser.has("img[src=x]")).isFalse();
        }
    }

    @Test
    void wrong_passwords_are_counted_and_then_have_to_wait() {
        try (ServerHarness server = new ServerHarness(home)) {
            server.server().plane().members().add(Tour.EMAIL, "Ada", "Miller", Role.ADMINISTRATOR, Optional.of(Secret.of(Tour.PASSWORD)));
            browser.visit(server);
            browser.open("/login");
            for (int tries = 0; tries < 5; tries++) {
                browser.open("/login").type("email", Tour.EMAIL).type("password", "wrong").click("Log in").see("do not belong together");
            }
            browser.type("email", Tour.EMAIL).type("password", Tour.PASSWORD).click("Log in").see("Too many wrong passwords");
        }
    }

    @Test
    void everything_is_reached_by_keyboard_in_the_order_in_which_it_is_read_and_every_field_has_a_name() {
        try (ServerHarness server = new ServerHarness(home)) {
            browser.visit(server);
            new Tour(browser, server, TestPostgres.latest().newDatabase()).welcome();
            browser.open("/");
            List<String> reached = new ArrayList<>();
            while (!reached.contains("Begin with a destination") && reached.size() < 20) {
                reached.add(browser.tab());
            }
            assertThat(reached).containsSubsequence("Connections", "Destinations", "API keys", "Members", "Log out", "Begin with a destination");
            browser.enter();
            browser.see("First, a destination");
            for (String path : List.of("/", "/destinations", "/agents", "/keys", "/webhooks", "/members", "/about")) {
                assertThat(browser.nameless(path)).as(path).isEmpty();
            }
        }
    }

    @Test
    void a_key_is_shown_once_and_lets_a_program_in_until_it_is_revoked() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            browser.visit(server);
            new Tour(browser, server, database).welcome();
            browser.open("/keys").type("name", "Terraform").click("Make a key").see("shown this once");
            String keyAndSecret = browser.run("return document.querySelector('.notice code').textContent");
            assertThat(server.call("GET", "/v1/groups", "", keyAndSecret).status()).isEqualTo(200);
            browser.open("/keys");
            assertThat(browser.source()).doesNotContain(keyAndSecret);
            browser.press("form[action*='%s'] button".formatted(keyAndSecret.split(":")[0])).agree();
            Eventually.within(LIMIT, () -> assertThat(server.call("GET", "/v1/groups", "", keyAndSecret).status()).isEqualTo(401));
        }
    }
}
