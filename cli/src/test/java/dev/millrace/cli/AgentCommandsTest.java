package dev.millrace.cli;

import static dev.millrace.cli.CommandLineHarness.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CommandLineHarness.Outcome;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Gateway, agent and sync, each a process of its own, as they are run.
@Timeout(180)
class AgentCommandsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void aSyncGoesThroughAnAgentThatDiedMeanwhile() throws Exception {
        String gatewayFolder = folder.resolve("gw").toString();
        String listen = "127.0.0.1:" + freePort();
        JsonNode made = run("agents", "create", "site", "--folder", gatewayFolder, "--json").json();
        String id = made.get("agent_id").stringValue();
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)", "INSERT INTO mills SELECT generate_series(1, 100)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            Path settings = CommandLineHarness.settings(folder, database, "slot_" + database.name());
            Files.writeString(
                    settings,
                    Files.readString(settings)
                            .replace("destination:\n", "  connection_type: ProxyAgent\n  proxy_agent_id: %s\n  gateway_folder: gw\ndestination:\n".formatted(id)));
            Path agentFile = Files.writeString(
                    folder.resolve("agent.yaml"),
                    """
                    gateway: %s
                    gateway_host_key: %s
                    agent_id: %s
                    token: %s
                    allow:
                      - %s:%d
                    """.formatted(
                            listen,
                            made.get("gateway_host_key").stringValue(),
                            id,
                            made.get("token").stringValue(),
                            database.host(),
                            database.port()));
            Process gateway = start("gateway", "gateway", "--listen", listen, "--folder", gatewayFolder);
            Process agent = start("agent", "agent", "--config", agentFile.toString());
            try {
                awaitStatus(gatewayFolder, "connected");
                assertThat(run("sync", settings.toString()).out()).contains("100 rows copied");
                agent.destroyForcibly().waitFor();
                awaitStatus(gatewayFolder, "not_connected");
                Outcome absent = run("sync", settings.toString(), "--json");
                assertThat(absent.out()).contains("AGENT_ABSENT");
                assertThat(absent.code()).isEqualTo(ExitCode.SOURCE.number());
                database.execute("INSERT INTO mills VALUES (101)");
                agent = start("agent", "agent", "--config", agentFile.toString());
                awaitStatus(gatewayFolder, "connected");
                assertThat(run("sync", settings.toString()).out()).contains("1 changes followed");
                assertThat(run("verify", settings.toString()).out()).contains("The copy is right: 1 tables, 101 rows");
                assertThat(run("agents", "list", "--folder", gatewayFolder).out()).contains(id, "site", "connected", "sessions");
            } finally {
                agent.destroyForcibly().waitFor();
                gateway.destroyForcibly().waitFor();
            }
        }
        assertThat(run("agents", "token", id, "--folder", gatewayFolder).out()).contains("agent_id: " + id).contains("token: ");
        assertThat(run("agents", "remove", id, "--folder", gatewayFolder).out()).contains("forgotten");
        assertThat(run("agents", "remove", id, "--folder", gatewayFolder).code()).isEqualTo(ExitCode.USAGE.number());
    }

    @Test
    void aConnectionWithoutATunnelNeedsNoKey() throws IOException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            Path settings = CommandLineHarness.settings(folder, database, "slot");
            assertThat(run("keys", settings.toString()).err()).contains("goes through no SSH tunnel");
            Files.writeString(
                    settings, Files.readString(settings).replace("destination:\n", "  tunnel_host: bastion\n  tunnel_user: millrace\ndestination:\n"));
            String line = run("keys", settings.toString()).out();
            assertThat(line).startsWith("ssh-ed25519 ");
            assertThat(run("keys", settings.toString(), "--json").json().get("public_key").stringValue()).isEqualTo(line.strip());
            assertThat(run("keys", settings.toString(), "--type", "RSA").err()).contains("another type than RSA").contains("--renew");
            assertThat(run("keys", settings.toString(), "--type", "ED25519").out()).isEqualTo(line);
            assertThat(run("keys", settings.toString(), "--renew", "--type", "RSA").out()).startsWith("ssh-rsa ");
        }
    }

    @Test
    void aTokenThatCouldNotBeShownIsNotMade() throws IOException {
        Path gatewayFolder = folder.resolve("gw");
        String id = run("agents", "create", "site", "--folder", gatewayFolder.toString(), "--json").json().get("agent_id").stringValue();
        Path identity = gatewayFolder.resolve("agents").resolve(id + ".agent.json");
        String before = Files.readString(identity);
        Files.writeString(gatewayFolder.resolve("host/tunnel_key"), "damaged");
        assertThat(run("agents", "token", id, "--folder", gatewayFolder.toString()).code()).isNotZero();
        assertThat(run("agents", "create", "other", "--folder", gatewayFolder.toString()).code()).isNotZero();
        assertThat(Files.readString(identity)).isEqualTo(before);
        assertThat(run("agents", "list", "--folder", gatewayFolder.toString()).out()).contains(id).doesNotContain("other");
    }

    @Test
    void theConfigurationOfAnAgentIsYamlWhateverTheGatewaysAddressIs() {
        String made = run("agents", "create", "site", "--folder", folder.resolve("gw").toString(), "--gateway", "[2001:db8::1]:7422").out();
        assertThat(made).contains("gateway: \"[2001:db8::1]:7422\"");
    }

    private Process start(String name, String... arguments) throws IOException {
        return CommandLineHarness.start(folder.resolve(name + ".out"), folder.resolve(name + ".err"), arguments);
    }

    private static void awaitStatus(String gatewayFolder, String status) {
        Eventually.within(LIMIT, () -> assertThat(run("agents", "list", "--folder", gatewayFolder, "--json")
                        .json()
                        .get("agents")
                        .get(0)
                        .get("status")
                        .stringValue())
                .isEqualTo(status));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
