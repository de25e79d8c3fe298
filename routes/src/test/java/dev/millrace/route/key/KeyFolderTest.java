package dev.millrace.route.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.route.ssh.SshLimits;
import dev.millrace.route.ssh.SshTunnel;
import dev.millrace.route.ssh.TrustedHostKeys;
import dev.millrace.route.ssh.TunnelHost;
import dev.millrace.route.ssh.TunnelKey;
import dev.millrace.testkit.ssh.OpenSshServer;
import dev.millrace.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyFolderTest {

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void aKeyPairThatWasMadeIsReadAgainAndLogsInAtOpenSsh(KeyType type) {
        folder().make(type);
        TunnelKey key = folder().key();
        assertThat(key.authorizedKeysLine()).startsWith(type == KeyType.RSA ? "ssh-rsa " : "ssh-ed25519 ");
        assertThat(folder().authorizedKeysLine()).contains(key.authorizedKeysLine());
        try (OpenSshServer server = OpenSshServer.open()) {
            server.authorize(key.authorizedKeysLine());
            try (SshTunnel tunnel = new SshTunnel(
                    new TunnelHost(new Address("127.0.0.1", server.port()), server.user()),
                    new Address("127.0.0.1", server.port()),
                    () -> key,
                    TrustedHostKeys.of(server.fingerprint("ed25519")),
                    SshLimits.defaults())) {
                assertThat(tunnel.dial().host()).isEqualTo("127.0.0.1");
            }
        }
    }

    @Test
    void thePrivateKeyIsNotOnTheDiskInClear() throws IOException {
        folder().key();
        try (var files = Files.walk(temporary)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain("PRIVATE KEY").doesNotContain("b3BlbnNzaC1rZXktdjE");
            }
        }
    }

    @Test
    void aPrivateKeyThatWasPutBesideAnotherPublicKeyIsRefused() throws IOException {
        folder().key();
        Path file = temporary.resolve("keys/tunnel_key");
        String sealed = Files.readAllLines(file).get(1);
        folder().renew(KeyType.ED25519);
        Files.write(file, List.of(Files.readAllLines(file).getFirst(), sealed));
        refused("cannot be opened", folder());
    }

    @Test
    void anotherKeyOfTheVaultIsToldWithTheWayOut() {
        folder().key();
        refused("cannot be opened", new KeyFolder(temporary.resolve("keys"), () -> Vault.of(Vault.newKey(), "MILLRACE_KEY")));
    }

    @Test
    void aDamagedFileIsTold() throws IOException {
        folder().key();
        Files.writeString(temporary.resolve("keys/tunnel_key"), "garbage\n");
        refused("is damaged", folder());
    }

    @Test
    void renewingMakesAnotherPair() {
        String before = folder().key().authorizedKeysLine();
        assertThat(folder().make(KeyType.RSA).authorizedKeysLine()).isEqualTo(before);
        assertThat(folder().renew(KeyType.ED25519).authorizedKeysLine()).isNotEqualTo(before);
    }

    private static void refused(String words, KeyFolder keys) {
        assertThatThrownBy(keys::key).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.SECRET_UNREADABLE);
            assertThat(fault).hasMessageContaining(words);
            assertThat(fault.remedy()).contains("keys FILE --renew");
        });
    }

    private KeyFolder folder() {
        return new KeyFolder(temporary.resolve("keys"), () -> Vault.in(temporary.resolve("home/key")));
    }
}
