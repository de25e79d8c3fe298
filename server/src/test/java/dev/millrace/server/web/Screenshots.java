package dev.millrace.server.web;

import dev.millrace.server.ServerHarness;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TlsPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Makes the pictures of the pages: those that the guide shows, and the same in the dark, and the whole of each on a telephone, below `target`. It goes the way of the guide once, on a real server and database.
///
/// `mvn -Pscreenshots` has it run.
@SuppressWarnings("NullAway.Init")
@Tag("browser")
class Screenshots {

    private static final Path SHOWN = Path.of("../docs/images");
    private static final int LONGEST = 3_000;
    private static final Path LOOKED_AT = Path.of("target/screenshots");

    @TempDir
    Path home;

    private Browser browser;

    @Test
    void every_page_is_pictured() {
        TestAuthority authority = TestAuthority.root("Example Authority");
        try (TlsPostgres postgres = TlsPostgres.start(17, authority.server("127.0.0.1", "localhost"), authority);
                ServerHarness server = new ServerHarness(home);
                Browser opened = new Browser()) {
            browser = opened;
            browser.visit(server);
            all(server, postgres.database());
        }
    }

    private void all(ServerHarness server, TestDatabase database) {
        Tour tour = new Tour(browser, server, database);
        tour.shop();
        tour.welcome();
        browser.open("/").see("Nothing is copied yet");
        take("empty");
        tour.destination();
        tour.fill("shop");
        browser.choose("sync_frequency", "continuous");
        browser.see("GRANT CONNECT ON DATABASE \"%s\"".formatted(database.name()));
        browser.run("scrollTo(0, 0)");
        take("setup");
        browser.click("Save & Test").see("Is this your server?");
        take("certificate");
        browser.click("Approve this certificate").see("Not everything is as it has to be yet");
        take("tests");
        tour.publish();
        browser.click("Test again").see("All is as it has to be");
        browser.click("Choose schemas and tables").see("customers");
        browser.press("[aria-label='Copy table customers'] ~ select").click("Columns").see("email");
        take("schema");
        browser.click("Rows: all").see("Save the rows").choose("column", "email").choose("operator", "IS_NOT_NULL").click("Save the rows").see("Rows: email IS NOT NULL").click("Rows: email").see("Save the rows");
        take("rows");
        browser.type("q", "order").see("1 table of that name");
        take("found");
        browser.type("q", "x").clear("q").see("customers").click("Start the first copy").see("Following changes");
        for (int from = 20_000; !browser.has("#chart canvas") || from < 200_000; from += 20_000) {
            tour.write(from);
        }
        browser.await(".list .pill.good");
        take("status");
        browser.click("Log").see("write_to_table_end");
        take("log");
        browser.click("Usage").see("By table");
        take("usage");
        browser.click("Verify").click("Compare now").see("3 tables equal, 0 different");
        take("verify");
        browser.click("Data").click("shop_public.customers").see("email");
        take("data");
        browser.open("/").see("shop");
        take("connections");
        browser.open("/destinations");
        take("destinations");
        browser.click("Warehouse").click("Save & Test").see("can be opened");
        take("destination");
        browser.open("/agents");
        take("agents");
        browser.open("/webhooks");
        take("webhooks");
        browser.open("/api");
        take("api");
        browser.open("/keys").type("name", "Terraform").click("Make a key").see("shown this once");
        take("keys");
        browser.open("/members");
        take("members");
        browser.open("/audit");
        take("audit");
        browser.open("/about");
        take("about");
    }

    private void take(String name) {
        browser.widen(1360, 900);
        browser.picture(SHOWN.resolve("web-%s.png".formatted(name)));
        browser.darken(true);
        browser.picture(LOOKED_AT.resolve(name + "-dark.png"));
        browser.darken(false);
        browser.widen(390, 844);
        browser.widen(390, Math.min(LONGEST, Integer.parseInt(browser.run("return document.documentElement.scrollHeight"))));
        browser.picture(LOOKED_AT.resolve(name + "-telephone.png"));
        browser.widen(1360, 900);
    }
}
