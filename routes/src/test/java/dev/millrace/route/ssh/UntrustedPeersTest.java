package dev.millrace.route.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.route.pipe.Duplex;
import dev.millrace.route.pipe.NearEnd;
import dev.millrace.route.ssh.DialFailure.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that nobody has approved, or that answer late or not at all.
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class UntrustedPeersTest {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final int PATIENCE_MILLIS = 10_000;
    private static final SshLimits LIMITS = SshLimits.defaults();

    private static KeyPair hostKey;
    private static TunnelKey key;

    @BeforeAll
    static void makeKeys() throws GeneralSecurityException {
        hostKey = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        key = new TunnelKey(KeyUtils.generateKeyPair("ssh-ed25519", 256), "millrace test");
    }

    @ParameterizedTest
    @ValueSource(ints = {
        SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS})
    void aVerdictOfWhoHasShownNoKeyIsNone(int code) throws IOException {
        try (ServerSocket listener = listener(); SshDialer dialer = SshDialer.open(LIMITS, false)) {
            Thread.ofVirtual().start(() -> turnAway(listener, code));
            assertThatThrownBy(() -> dial(dialer, listener.getLocalPort(), "SHA256:" + "a".repeat(43)))
                    .isInstanceOfSatisfying(DialFailure.class, failure -> {
                        assertThat(failure.reason()).isEqualTo(Reason.SILENT);
                        assertThat(failure.detail()).contains("go  [31maway").doesNotContain("\u001b", "\n");
                    });
        }
    }

    @Test
    void aChangedHostKeyIsToldEvenIfTheNextTryIsCutOff() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        try (SshServer server = server();
                ServerSocket hangsUp = listener();
                SshDialer dialer = SshDialer.open(LIMITS, false)) {
            server.start();
            Thread.ofVirtual().start(() -> turnAway(hangsUp, SshConstants.SSH2_DISCONNECT_BY_APPLICATION));
            int[] ports = {server.getPort(), hangsUp.getLocalPort()};
            try (NearEnd relay = NearEnd.listen(() -> Duplex.of(new Socket("127.0.0.1", ports[Math.min(1, tries.getAndIncrement())])))) {
                assertThatThrownBy(() -> dial(dialer, relay.address().port(), "SHA256:" + "a".repeat(43)))
                        .isInstanceOfSatisfying(DialFailure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.HOST_KEY_CHANGED));
            }
        }
        assertThat(tries).hasValueGreaterThan(1);
    }

    @Test
    void aTunnelHostAtAPrivateAddressIsNotDialledIfThatIsRefused() throws IOException {
        try (SshServer server = server()) {
            server.start();
            TunnelHost host = new TunnelHost(new Address("localhost", server.getPort()), "anybody", true);
            try (SshTunnel tunnel = new SshTunnel(
                    host, new Address("127.0.0.1", 5432), () -> key, TrustedHostKeys.of(fingerprint()), LIMITS)) {
                assertThatThrownBy(tunnel::dial).isInstanceOfSatisfying(Fault.class, fault -> {
                    assertThat(fault.kind()).isEqualTo(FaultKind.HOST_PRIVATE);
                    assertThat(fault).hasMessageContaining("127.0.0.1");
                });
            }
        }
    }

    @Test
    void aNameServiceThatHangsIsWaitedForNoLongerThanTheLimit() {
        CountDownLatch never = new CountDownLatch(1);
        HostAddresses hanging = new HostAddresses(false, _ -> {
            try {
                never.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return new InetAddress[0];
        });
        try (SshDialer dialer = SshDialer.open(new SshLimits(SHORT, SHORT, SHORT, 1), hanging, _ -> {})) {
            assertThatThrownBy(() -> dial(dialer, 22, fingerprint()))
                    .isInstanceOfSatisfying(DialFailure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN_HOST));
        } finally {
            never.countDown();
        }
    }

    @Test
    void aDiallerThatWasClosedMeanwhileFailsAsAnyOther() {
        SshDialer dialer = SshDialer.open(LIMITS, false);
        dialer.close();
        assertThatThrownBy(() -> dial(dialer, 22, fingerprint())).isInstanceOf(DialFailure.class);
    }

    @Test
    void aChannelThatOpensTooLateIsClosedAtTheOtherSideToo() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (SshServer server = server(); ServerSocket target = listener(); SshDialer dialer = SshDialer.open(LIMITS, false)) {
            server.setForwardingFilter(new AcceptAllForwardingFilter() {
                @Override
                protected boolean checkAcceptance(String request, Session session, SshdSocketAddress address) {
                    asked.countDown();
                    try {
                        released.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                    return true;
                }
            });
            server.start();
            ClientSession session = dial(dialer, server.getPort(), fingerprint());
            assertThatThrownBy(() -> ChannelDuplex.open(session, new Address("127.0.0.1", target.getLocalPort()), SHORT, new LongAdder()))
                    .isInstanceOf(IOException.class);
            asked.await();
            released.countDown();
            target.setSoTimeout(PATIENCE_MILLIS);
            try (Socket late = target.accept()) {
                late.setSoTimeout(PATIENCE_MILLIS);
                assertThat(late.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(session.isOpen()).isTrue();
            session.close(true).await();
            assertThatThrownBy(() -> ChannelDuplex.open(session, new Address("127.0.0.1", 1), SHORT, new LongAdder()))
                    .isInstanceOf(IOException.class);
        }
    }

    private static ClientSession dial(SshDialer dialer, int port, String trusted) throws DialFailure {
        return dialer.dial(new Address("127.0.0.1", port), "anybody", new Login.Key(key.pair()), () -> Set.of(trusted));
    }

    /// Speaks SSH just so far that it can say why it hangs up.
    private static void turnAway(ServerSocket listener, int code) {
        byte[] words = "go \u001b[31maway\n".getBytes(StandardCharsets.UTF_8);
        int payload = 1 + 4 + 4 + words.length + 4;
        int padding = 16 - (5 + payload) % 8;
        ByteBuffer packet = ByteBuffer.allocate(4 + 1 + payload + padding);
        packet.putInt(1 + payload + padding).put((byte) padding).put(SshConstants.SSH_MSG_DISCONNECT).putInt(code).putInt(words.length).put(words);
        packet.putInt(0);
        while (!listener.isClosed()) {
            try (Socket visitor = listener.accept()) {
                visitor.getOutputStream().write("SSH-2.0-stranger\r\n".getBytes(StandardCharsets.US_ASCII));
                visitor.getOutputStream().write(packet.array());
                visitor.shutdownOutput();
                visitor.getInputStream().readAllBytes();
            } catch (IOException _) {
                // The test is over, or the visitor went away first.
                Thread.onSpinWait();
            }
        }
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
    }

    private static SshServer server() {
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator((_, offered, _) -> KeyUtils.compareKeys(offered, key.pair().getPublic()));
        return server;
    }

    private static String fingerprint() {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, hostKey.getPublic());
    }
}
