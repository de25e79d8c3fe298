package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.run.Backoff;
import dev.millrace.server.state.StateAddress;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(60)
class DoorTest {

    private static final Optional<Secret> KEY = Optional.of(Secret.of("key:a-secret-for-tests-only"));

    @TempDir
    Path home;

    @Test
    void beyond_this_machine_it_listens_only_with_tls_or_where_somebody_says_so() {
        assertThatThrownBy(() -> start("0.0.0.0", 0, KEY, Optional.empty(), false))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("without TLS would send passwords and keys over the network");
        try (Server server = start("0.0.0.0", 0, KEY, Optional.empty(), true)) {
            assertThat(server.port()).isPositive();
        }
    }

    @Test
    void beyond_this_machine_it_listens_only_where_somebody_may_come_in() {
        assertThatThrownBy(() -> start("0.0.0.0", 0, Optional.empty(), Optional.empty(), true))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("whoever finds the server first");
    }

    @Test
    void with_a_certificate_it_speaks_tls() throws IOException, GeneralSecurityException, InterruptedException {
        TestAuthority authority = TestAuthority.root("Tests");
        TestCertificate certificate = authority.server("localhost", "127.0.0.1");
        Path chain = Files.writeString(home.resolve("server.pem"), certificate.chainPem());
        Path key = Files.writeString(home.resolve("server.key"), certificate.keyPem());
        try (Server server = start("127.0.0.1", 0, KEY, Optional.of(new ServerTls(chain, key)), false);
                HttpClient client = HttpClient.newBuilder().sslContext(trusting(certificate)).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:%d/health/ready".formatted(server.port()))).build();
            assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("UP");
        }
        Files.writeString(key, "nonsense");
        assertThatThrownBy(() -> start("127.0.0.1", 0, KEY, Optional.of(new ServerTls(chain, key)), false))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("no certificate and key that belong together");
    }

    @Test
    void a_port_that_is_taken_is_named() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start("127.0.0.1", taken.getLocalPort(), KEY, Optional.empty(), false))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("Port %d of 127.0.0.1 is taken".formatted(taken.getLocalPort()));
        }
    }

    @Test
    void a_short_key_of_the_administrator_is_refused() {
        assertThatThrownBy(() -> start("127.0.0.1", 0, Optional.of(Secret.of("key:short")), Optional.empty(), false))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("16 characters or more");
    }

    private static SSLContext trusting(TestCertificate certificate) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", certificate.chain().getLast());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private Server start(String host, int port, Optional<Secret> key, Optional<ServerTls> tls, boolean withoutTls) {
        return Server.start(
                new ServerSettings(
                        new Home(home),
                        new StateAddress.InFile(home.resolve("state.sqlite")),
                        host,
                        port,
                        "test",
                        2,
                        Backoff.usual(),
                        ServerSettings.CALLS_PER_HOUR,
                        Optional.empty(),
                        key,
                        tls,
                        withoutTls,
                        Optional.empty(),
                        _ -> Optional.empty()),
                InstantSource.system());
    }
}
