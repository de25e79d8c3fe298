package dev.millrace.route.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.FaultKind.Retry;
import dev.millrace.core.route.Address;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.ssh.OpenSshServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The tunnel, through Debian's own SSH server.
class SshTunnelTest {

    private static final SshLimits LIMITS = SshLimits.defaults();

    private static TestDatabase database;
    private static OpenSshServer server;
    private static TunnelKey key;

    @BeforeAll
    static void start() {
        database = TestPostgres.latest().newDatabase();
        server = OpenSshServer.open();
        key = newKey(server, "ed25519");
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    @Test
    void severalSessionsGoThroughOneTunnel() throws SQLException {
        try (SshTunnel tunnel = tunnel(server, key, server.fingerprint("ed25519"));
                Connection first = session(tunnel);
                Connection second = session(tunnel)) {
            assertThat(answer(first)).isEqualTo(answer(second)).isEqualTo(database.name());
            assertThat(tunnel.hindrance()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "rsa"})
    void keysOfBothKindsLogIn(String type) throws SQLException {
        TunnelKey other = newKey(server, type);
        try (SshTunnel tunnel = tunnel(server, other, server.fingerprint("ed25519")); Connection session = session(tunnel)) {
            assertThat(answer(session)).isEqualTo(database.name());
        }
    }

    @Test
    void anApprovedKeyOfAnotherKindThanTheFirstShownIsFound() throws SQLException {
        try (SshTunnel tunnel = tunnel(server, key, server.fingerprint("rsa")); Connection session = session(tunnel)) {
            assertThat(answer(session)).isEqualTo(database.name());
        }
    }

    @Test
    void anUnknownHostKeyIsShownForApproval() {
        try (SshTunnel tunnel = tunnel(server, key)) {
            assertThatThrownBy(tunnel::dial).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.HOST_KEY_UNKNOWN);
                assertThat(fault).hasMessageContaining(server.fingerprint("ed25519")).hasMessageContaining("ssh-ed25519");
                assertThat(fault.remedy()).contains("--trust " + server.fingerprint("ed25519"));
            });
        }
    }

    @Test
    void aChangedHostKeyIsRefusedWithBothFingerprints() throws SQLException {
        try (OpenSshServer own = OpenSshServer.open()) {
            TunnelKey login = newKey(own, "ed25519");
            String before = own.fingerprint("ed25519");
            try (SshTunnel tunnel = tunnel(own, login, before)) {
                session(tunnel).close();
                own.stop();
                own.changeHostKeys();
                own.start();
                Eventually.within(Duration.ofSeconds(10), () -> assertThatThrownBy(tunnel::dial)
                        .isInstanceOfSatisfying(Fault.class, fault -> {
                            assertThat(fault.kind()).isEqualTo(FaultKind.HOST_KEY_CHANGED);
                            assertThat(fault).hasMessageContaining(before).hasMessageContaining(own.fingerprint("ed25519"));
                            assertThat(fault).hasMessageContaining("load balancer");
                            assertThat(fault.kind().retry()).isEqualTo(Retry.AFTER_REMEDY);
                        }));
            }
        }
    }

    @Test
    void aKeyThatIsNotInstalledIsRefusedWithTheLineToInstall() {
        TunnelKey stranger = keyOf(server.newKeyPair("ed25519"));
        try (SshTunnel tunnel = tunnel(server, stranger, server.fingerprint("ed25519"))) {
            assertThatThrownBy(tunnel::dial).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.TUNNEL_LOGIN_REFUSED);
                assertThat(fault.remedy()).contains(stranger.authorizedKeysLine()).contains("chmod 600");
            });
        }
    }

    @Test
    void aHostThatProhibitsForwardingIsToldFromOneThatForwardsNowhere() throws Exception {
        try (OpenSshServer own = OpenSshServer.open("AllowTcpForwarding no")) {
            TunnelKey login = newKey(own, "ed25519");
            try (SshTunnel tunnel = tunnel(own, login, own.fingerprint("ed25519"))) {
                assertThat(hindrance(tunnel).kind()).isEqualTo(FaultKind.TUNNEL_REFUSED_FORWARD);
            }
        }
        try (SshTunnel tunnel = tunnel(server, key, new Address("127.0.0.1", unusedPort()), server.fingerprint("ed25519"))) {
            Fault nowhere = hindrance(tunnel);
            assertThat(nowhere.kind()).isEqualTo(FaultKind.HOST_UNREACHABLE);
            assertThat(nowhere).hasMessageContaining("forwards nowhere");
        }
        try (SshTunnel tunnel = tunnel(server, key, new Address("no-such-host.invalid", 5432), server.fingerprint("ed25519"))) {
            assertThat(hindrance(tunnel).kind()).isEqualTo(FaultKind.HOST_UNREACHABLE);
        }
    }

    @Test
    void aSessionThatWasKilledIsOpenedAnew() throws SQLException {
        try (OpenSshServer own = OpenSshServer.open()) {
            TunnelKey login = newKey(own, "ed25519");
            try (SshTunnel tunnel = tunnel(own, login, own.fingerprint("ed25519"))) {
                Connection before = session(tunnel);
                assertThat(answer(before)).isEqualTo(database.name());
                own.killSessions();
                assertThatThrownBy(() -> answer(before)).isInstanceOf(SQLException.class);
                Eventually.within(Duration.ofSeconds(10), () -> {
                    try (Connection after = session(tunnel)) {
                        assertThat(answer(after)).isEqualTo(database.name());
                    }
                });
            }
        }
    }

    @Test
    void aHostThatIsAwayIsDialledAgainOnceItIsBack() throws SQLException {
        try (OpenSshServer own = OpenSshServer.open()) {
            TunnelKey login = newKey(own, "ed25519");
            try (SshTunnel tunnel = tunnel(own, login, own.fingerprint("ed25519"))) {
                session(tunnel).close();
                own.stop();
                Eventually.within(Duration.ofSeconds(10), () -> assertThatThrownBy(tunnel::dial)
                        .isInstanceOfSatisfying(Fault.class, fault -> {
                            assertThat(fault.kind()).isEqualTo(FaultKind.TUNNEL_UNREACHABLE);
                            assertThat(fault.kind().retry()).isEqualTo(Retry.SOON);
                        }));
                own.start();
                try (Connection after = session(tunnel)) {
                    assertThat(answer(after)).isEqualTo(database.name());
                }
            }
        }
    }

    @Test
    void keepalivesNoticeAPeerThatIsSilent() throws SQLException {
        try (OpenSshServer own = OpenSshServer.open()) {
            TunnelKey login = newKey(own, "ed25519");
            SshLimits quick = LIMITS.withKeepAlive(Duration.ofMillis(300));
            try (SshTunnel tunnel = new SshTunnel(
                    host(own), database(), () -> login, TrustedHostKeys.of(own.fingerprint("ed25519")), quick)) {
                Connection session = session(tunnel);
                own.signalSessions("STOP");
                assertThatThrownBy(() -> answer(session)).isInstanceOf(SQLException.class);
                assertThat(tunnel.hindrance()).get().extracting(Fault::kind).isEqualTo(FaultKind.TUNNEL_UNREACHABLE);
                own.signalSessions("CONT");
            }
        }
    }

    @Test
    void whoAnswersWithoutSpeakingSshIsToldWithinTheLimit() throws IOException {
        SshLimits quick = new SshLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 1);
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
                SshTunnel tunnel = new SshTunnel(
                        new TunnelHost(new Address("127.0.0.1", mute.getLocalPort()), "nobody"),
                        database(),
                        () -> key,
                        TrustedHostKeys.of(),
                        quick)) {
            assertThatThrownBy(tunnel::dial).isInstanceOfSatisfying(
                    Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.TUNNEL_UNREACHABLE));
        }
    }

    @Test
    void manyWhoDialAtOnceShareOneSession() throws Exception {
        try (SshTunnel tunnel = tunnel(server, key, server.fingerprint("ed25519"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Address>> dials = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                dials.add(threads.submit(tunnel::dial));
            }
            for (Future<Address> dial : dials) {
                assertThat(dial.get()).isEqualTo(dials.getFirst().get());
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static Fault hindrance(SshTunnel tunnel) {
        assertThatThrownBy(() -> session(tunnel)).isInstanceOf(SQLException.class);
        return tunnel.hindrance().orElseThrow();
    }

    private static SshTunnel tunnel(OpenSshServer through, TunnelKey login, String... trusted) {
        return tunnel(through, login, database(), trusted);
    }

    private static SshTunnel tunnel(OpenSshServer through, TunnelKey login, Address target, String... trusted) {
        return new SshTunnel(host(through), target, () -> login, TrustedHostKeys.of(trusted), LIMITS);
    }

    private static TunnelHost host(OpenSshServer through) {
        return new TunnelHost(new Address("127.0.0.1", through.port()), through.user());
    }

    private static Address database() {
        return new Address(database.host(), database.port());
    }

    private static TunnelKey newKey(OpenSshServer at, String type) {
        TunnelKey made = keyOf(at.newKeyPair(type));
        at.authorize(made.authorizedKeysLine());
        return made;
    }

    private static TunnelKey keyOf(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyPair pair = SecurityUtils.loadKeyPairIdentities(null, NamedResource.ofName("test"), in, FilePasswordProvider.EMPTY)
                    .iterator()
                    .next();
            return new TunnelKey(pair, "millrace test");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection session(SshTunnel tunnel) throws SQLException {
        Address near = tunnel.dial();
        return DriverManager.getConnection(
                "jdbc:postgresql://%s/%s?connectTimeout=10&loginTimeout=20".formatted(near, database.name()), database.user(), database.password());
    }

    private static String answer(Connection session) throws SQLException {
        try (Statement statement = session.createStatement(); ResultSet rows = statement.executeQuery("SELECT current_database()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
