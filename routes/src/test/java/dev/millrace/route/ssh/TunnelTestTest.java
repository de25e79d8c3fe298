package dev.millrace.route.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.route.Address;
import dev.millrace.route.key.KeyFolder;
import dev.millrace.testkit.ssh.OpenSshServer;
import dev.millrace.vault.Vault;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The setup test, made to fail for real.
class TunnelTestTest {

    @TempDir
    private Path folder;

    @Test
    void aTunnelThatWorksPassesTwice() {
        try (OpenSshServer server = OpenSshServer.open()) {
            server.authorize(key().authorizedKeysLine());
            assertThat(ask(server, server.port(), server.fingerprint("ed25519")))
                    .extracting(Finding::outcome)
                    .containsExactly(Outcome.PASSED, Outcome.PASSED);
        }
    }

    @Test
    void anUnknownHostKeyCanBeApproved() {
        try (OpenSshServer server = OpenSshServer.open()) {
            assertThat(ask(server, server.port())).singleElement().satisfies(finding -> {
                assertThat(finding.test()).isEqualTo(SetupTest.SSH_TUNNEL);
                assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
                assertThat(finding.remedy()).contains("./millrace check FILE --trust " + server.fingerprint("ed25519"));
                assertThat(finding.approvable()).singleElement().satisfies(approvable -> {
                    assertThat(approvable.kind()).isEqualTo(Approvable.Kind.HOST_KEY);
                    assertThat(approvable.fingerprint()).isEqualTo(server.fingerprint("ed25519"));
                    assertThat(approvable.facts()).containsKey("public_key");
                });
            });
        }
    }

    @Test
    void aRefusedLoginShowsTheLineToInstall() {
        try (OpenSshServer server = OpenSshServer.open()) {
            assertThat(ask(server, server.port(), server.fingerprint("ed25519"))).singleElement().satisfies(finding -> assertThat(finding.remedy())
                    .contains(key().authorizedKeysLine())
                    .contains("chmod 700"));
        }
    }

    @Test
    void forwardingThatIsProhibitedIsTheSecondFinding() {
        try (OpenSshServer server = OpenSshServer.open("PermitOpen db.internal:5432")) {
            server.authorize(key().authorizedKeysLine());
            List<Finding> findings = ask(server, server.port(), server.fingerprint("ed25519"));
            assertThat(findings).extracting(Finding::outcome).containsExactly(Outcome.PASSED, Outcome.FAILED);
            assertThat(findings.getLast().remedy()).contains("PermitOpen 127.0.0.1:" + server.port());
        }
    }

    private List<Finding> ask(OpenSshServer server, int target, String... trusted) {
        try (SshTunnel tunnel = new SshTunnel(
                new TunnelHost(new Address("127.0.0.1", server.port()), server.user()),
                new Address("127.0.0.1", target),
                this::key,
                TrustedHostKeys.of(trusted),
                SshLimits.defaults())) {
            return new TunnelTest(tunnel).ask();
        }
    }

    private TunnelKey key() {
        return new KeyFolder(folder.resolve("keys"), () -> Vault.in(folder.resolve("home/key"))).key();
    }
}
