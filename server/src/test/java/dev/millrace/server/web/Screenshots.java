package dev.millrace.server.web;

import dev.millrace.server.ServerHarness;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TlsPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes the pictures of the pages that the guide shows: `mvn -pl server -am -Pscreenshots verify`. It goes the way of the guide once, on a real server and database.
final class Screenshots {

    private final Browser browser;
    private final Path folder;

    private Screenshots(Browser browser, Path folder) {
        this.browser = browser;
        this.folder = folder;
    }

    /// Puts them into a folder.
    public static void main(String[] arguments) throws IOException {
        Path home = Files.createTempDirectory("millrace-screenshots");
        TestAuthority authority = TestAuthority.root("Example Authority");
        try (TlsPostgres postgres = TlsPostgres.start(17, authority.server("127.0.0.1", "localhost"), authority);
                ServerHarness server = new ServerHarness(home);
                Browser browser = new Browser()) {
            browser.visit(server);
            new Screenshots(browser, Path.of(arguments[0])).all(server, postgres.database());
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
        browser.click("Start the first copy").see("Following changes");
        for (int from = 20_000; !browser.has("#chart canvas") || from < 200_000; from += 20_000) {
            tour.write(from);
        }
        browser.await(".list .pill.good");
        take("status");
        browser.click("Log").see("write_to_table_end");
        take("log");
        browser.click("Usage").see("Rows copied");
        take("usage");
        browser.click("Verify").click("Compare now").see("0 different");
        take("verify");
        browser.click("Data").click("shop_public.customers").see("email");
        take("data");
        browser.open("/").see("shop");
        take("connections");
        browser.open("/destinations");
        take("destinations");
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
        for (boolean dark : new boolean[] {false, true}) {
            browser.darken(dark);
            browser.widen(1360, 900);
            browser.picture(folder.resolve("web-%s%s.png".formatted(name, dark ? "-dark" : "")));
        }
        browser.darken(false);
        browser.widen(390, 844);
        browser.picture(folder.resolve("web-%s-phone.png".formatted(name)));
        browser.widen(1360, 900);
    }
}
