package dev.millrace.route.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Tunnels through servers that are not OpenSSH, and that do what OpenSSH no longer does.
@SuppressWarnings("NullAway.Init")
class OtherServersTest {

    private static KeyPair rsa;
    private static TunnelKey key;

    @BeforeAll
    static void makeKeys() throws GeneralSecurityException {
        rsa = KeyUtils.generateKeyPair("ssh-rsa", 2048);
        key = new TunnelKey(KeyUtils.generateKeyPair("ssh-ed25519", 256), "millrace test");
    }

    @Test
    void aServerOfAnotherMakeForwardsToo() throws Exception {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); SshServer server = server()) {
            server.start();
            try (SshTunnel tunnel = tunnel(server, new Address(database.host(), database.port()));
                    Connection session = DriverManager.getConnection(
                            "jdbc:postgresql://%s/%s?loginTimeout=20".formatted(tunnel.dial(), database.name()),
                            database.user(),
                            database.password())) {
                assertThat(session.isValid(10)).isTrue();
            }
        }
    }

    @Test
    void aServerThatKnowsNothingButShaOneIsRefusedAndSaidToBeTooOld() throws IOException {
        try (SshServer server = server()) {
            server.setSignatureFactories(List.of(BuiltinSignatures.rsa));
            server.start();
            try (SshTunnel tunnel = tunnel(server, new Address("127.0.0.1", 5432))) {
                assertThatThrownBy(tunnel::dial).isInstanceOfSatisfying(Fault.class, fault -> {
                    assertThat(fault.kind()).isEqualTo(FaultKind.VERSION_UNSUPPORTED);
                    assertThat(fault).hasMessageContaining("SHA-1");
                });
            }
        }
    }

    private static SshServer server() {
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(rsa));
        server.setPublickeyAuthenticator((_, offered, _) -> KeyUtils.compareKeys(offered, key.pair().getPublic()));
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        return server;
    }

    private static SshTunnel tunnel(SshServer server, Address target) {
        return new SshTunnel(
                new TunnelHost(new Address("127.0.0.1", server.getPort()), "anybody"),
                target,
                () -> key,
                TrustedHostKeys.of(KeyUtils.getFingerPrint(BuiltinDigests.sha256, rsa.getPublic())),
                SshLimits.defaults());
    }
}
