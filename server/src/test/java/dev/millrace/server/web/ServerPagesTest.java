package dev.millrace.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.route.Address;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerTls;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.webhook.Receiver;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.ssh.OpenSshServer;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Cookie;

/// What surrounds connections: the door, agents, tunnels, webhooks.
@SuppressWarnings("NullAway.Init")
@Tag("browser")
@Timeout(300)
class ServerPagesTest {

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

    @Test
    void over_tls_the_cookie_is_secure_an_agent_is_made_with_its_token_shown_once_and_an_ssh_host_is_approved_in_a_dialog() throws IOException {
        Address gateway = new Address("127.0.0.1", freePort());
        try (TestDatabase database = TestPostgres.latest().newDatabase(); OpenSshServer ssh = OpenSshServer.open(); ServerHarness server = new ServerHarness(home, gateway, tls())) {
            browser.enter(server, Role.ADMINISTRATOR);
            Cookie cookie = browser.loginCookie().orElseThrow();
            assertThat(List.of(cookie.isSecure(), cookie.isHttpOnly())).containsOnly(true);
            assertThat(cookie.getSameSite()).isEqualTo("Strict");

            browser.open("/agents").type("name", "Cellar").click("Make an agent").see("the token is shown this once").see("./millrace agent --config agent.yaml");
            String configuration = browser.run("return document.querySelector('.notice code + .code code, .notice .code code').textContent");
            assertThat(configuration).contains("gateway: \"%s\"".formatted(gateway), "gateway_host_key: SHA256:", "db.internal:5432");
            String token = configuration.lines().filter(line -> line.startsWith("token: ")).findFirst().orElseThrow().substring(7);
            browser.open("/agents").see("Never seen");
            assertThat(browser.source()).doesNotContain(token);

            Tour tour = new Tour(browser, server, database);
            tour.destination();
            tour.fill("shop");
            browser.click("SSH tunnel").type("tunnel_host", "127.0.0.1").type("tunnel_port", Integer.toString(ssh.port())).type("tunnel_user", ssh.user());
            browser.click("Save & Test").see("Is this your server?").see(ssh.fingerprint("ed25519").replace("SHA256:", ""));
            browser.escape();
            Eventually.within(LIMIT, () -> assertThat(browser.has("dialog[open]")).isFalse());
            assertThat(approved(server)).isZero();
            browser.click("Look at the host key").see("Is this your server?").click("Approve this host key").see("Not everything is as it has to be yet");
            assertThat(approved(server)).isEqualTo(1);
            assertThat(browser.text()).doesNotContain("Look at the host key").contains("authorized_keys");
            browser.leave();
        }
    }

    private static long approved(ServerHarness server) {
        ConnectionRecord connection = server.server().plane().connections().all().getFirst();
        return server.server().plane().connections().approved(connection.id(), Approvable.Kind.HOST_KEY).size();
    }

    private ServerTls tls() throws IOException {
        TestCertificate certificate = TestAuthority.root("Nobody's").own();
        return new ServerTls(Files.writeString(home.resolve("server.pem"), certificate.chainPem()), Files.writeString(home.resolve("server.key"), certificate.keyPem()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void a_webhook_is_made_tried_switched_off_and_deleted_and_its_secret_is_shown_nowhere() throws IOException {
        String secret = "a secret that nobody else has";
        try (Receiver receiver = new Receiver(); ServerHarness server = new ServerHarness(home)) {
            server.group("warehouse");
            browser.enter(server, Role.EDITOR);
            browser.open("/webhooks").type("url", "http://example.com/hook").click("Make a webhook").see("begins with https://");
            assertThat(browser.value("url")).isEqualTo("http://example.com/hook");
            browser.type("url", receiver.url()).choose("group", server.server().plane().groups().all().getFirst().id()).type("secret", secret);
            browser.press("[value=sync_start]").click("Make a webhook").see("sync_start, sync_end").see("signed");
            assertThat(browser.text()).contains(receiver.url(), "warehouse", "On");
            assertThat(browser.source()).doesNotContain(secret);

            browser.click("Test").see("The body has arrived.");
            Eventually.within(LIMIT, () -> assertThat(receiver.received()).hasSize(2).allSatisfy(one -> assertThat(one.headers()).containsKey("X-millrace-signature-256")));
            browser.click("Switch off").see("Off").click("Switch on").see("On");
            browser.click("Delete").agree().see("There is none yet.");
            assertThat(server.server().plane().webhooks().webhooks().all()).isEmpty();
        }
    }

    @Test
    void who_is_in_one_group_sees_no_destination_and_no_webhook_of_another() {
        try (ServerHarness server = new ServerHarness(home)) {
            String ours = server.group("ours");
            String theirs = server.group("theirs");
            for (String where : List.of("group/" + ours, "group/" + theirs, "account")) {
                String name = where.equals("account") ? "all" : where.endsWith(ours) ? "ours" : "theirs";
                server.post("/v1/webhooks/" + where, "{\"url\": \"https://%s.example.com/\", \"events\": [\"sync_end\"], \"active\": false}".formatted(name));
            }
            browser.enter(server, Role.EDITOR);
            browser.open("/webhooks").see("ours.example").see("theirs.example").see("all.example");
            String member = server.server().plane().members().findByEmail(Tour.EMAIL).orElseThrow().id();
            server.server().plane().members().join(ours, member, "Destination Administrator");
            assertThat(browser.open("/webhooks").see("ours.example").text()).doesNotContain("theirs", "all.example");
            assertThat(browser.open("/destinations").see("ours").text()).doesNotContain("theirs");
            browser.open("/destinations/" + theirs).see("Not done");
            browser.open("/destinations/" + ours).see("Settings");
        }
    }

    @Test
    void without_a_browser_the_command_that_installs_one_is_named_and_the_one_that_leaves_these_tests_out() {
        assertThatThrownBy(() -> Browser.found(List.of("/nowhere/chromium")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("/nowhere/chromium", "apt-get install chromium chromium-driver", "mvn verify -DskipBrowser");
    }
}
