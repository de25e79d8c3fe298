package dev.millrace.postgres.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.postgres.dial.Dialler;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestAuthority.Validity;
import dev.millrace.testkit.tls.TestCertificate;
import dev.millrace.testkit.tls.TlsPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SetupTestsOfServersTest {

    /// As Amazon has it: an authority that no system knows, whose root is not sent.
    private static final TestAuthority ROOT = TestAuthority.root("Amazon RDS eu-west-1 Root CA RSA2048 G1");

    private static final TestAuthority MIDDLE = ROOT.intermediate("Amazon RDS eu-west-1 Subordinate CA RSA2048 G1.A.7");
    private static final TestCertificate PRESENTED = MIDDLE.server("orders.cluster-abc.eu-west-1.rds.amazonaws.com").presenting(2);

    private static TlsPostgres postgres;
    private static TestDatabase plain;

    @BeforeAll
    static void start() {
        postgres = TlsPostgres.start(17, PRESENTED, TestAuthority.root("Clients"));
        plain = TestPostgres.latest().newDatabase();
    }

    @AfterAll
    static void stop() {
        plain.close();
        postgres.close();
    }

    @Test
    void a_host_that_answers_passes() {
        assertThat(host("127.0.0.1", postgres.database().port(), PrivateHosts.ALLOW).message())
                .isEqualTo("A PostgreSQL server answers at 127.0.0.1:%d, with TLS.".formatted(postgres.database().port()));
        Finding named = host("localhost", plain.port(), PrivateHosts.ALLOW);
        assertThat(named.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(named.message()).contains("localhost:%d (127.0.0.1), without TLS.".formatted(plain.port()));
    }

    @Test
    void a_name_of_which_one_address_is_dead_is_warned_about_and_the_dead_one_named() {
        Dialler several = new Dialler(
                PrivateHosts.ALLOW,
                Dialler.LIMIT,
                _ -> new InetAddress[] {InetAddress.getByName("127.0.0.9"), InetAddress.getByName("127.0.0.1")});
        Finding finding = new HostCheck(Route.straight("db.example.com", plain.port()), several).finding();
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message())
                .contains("answers at db.example.com:%d (127.0.0.1)".formatted(plain.port()), "nothing does: 127.0.0.9 refuses.");
    }

    @Test
    void where_only_the_near_end_of_a_way_is_seen_the_way_says_what_hindered_it() throws IOException {
        Fault absent = new Fault(FaultKind.AGENT_ABSENT, "agent mill", "No agent `mill` is connected.", "Start it.");
        try (ServerSocket near = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!near.isClosed()) {
                    try (Socket accepted = near.accept()) {
                        accepted.getOutputStream().flush();
                    } catch (IOException _) {
                        return;
                    }
                }
            });
            Route route = new HinderedRoute(new Address("127.0.0.1", near.getLocalPort()), new Address("db.internal", 5432), absent);
            Finding host = new HostCheck(route, PrivateHosts.ALLOW).finding();
            assertThat(host.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(host.message()).isEqualTo(absent.description());
            assertThat(host.remedy()).isEqualTo(absent.remedy());
            CertificateCheck check = new CertificateCheck(route, TlsPolicy.of(TlsMode.VERIFY_CA), PrivateHosts.ALLOW, InstantSource.system());
            assertThat(check.finding().message()).isEqualTo(absent.description());
        }
    }

    /// A way whose near end answers and closes.
    private record HinderedRoute(Address dial, Address target, Fault fault) implements Route {

        @Override
        public Optional<Fault> hindrance() {
            return Optional.of(fault);
        }

        @Override
        public void close() {}
    }

    @Test
    void a_host_that_is_not_there_or_something_else_fails_with_a_finding_of_its_own() throws IOException {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            free = closed.getLocalPort();
        }
        assertThat(host("127.0.0.1", free, PrivateHosts.ALLOW).message()).contains("Nothing listens");
        assertThat(host("no-such-host.invalid", 5432, PrivateHosts.ALLOW).message()).contains("does not resolve");
        Finding refused = host("127.0.0.1", plain.port(), PrivateHosts.REFUSE);
        assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(refused.remedy()).contains("`private_hosts: allow`");
        try (ServerSocket ssh = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> {
                try {
                    ssh.accept().getOutputStream().write("SSH-2.0-OpenSSH_9.2p1\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(host("127.0.0.1", ssh.getLocalPort(), PrivateHosts.ALLOW).message()).contains("is no PostgreSQL server");
        }
    }

    @Test
    void an_unknown_chain_is_shown_and_any_of_it_can_be_approved() {
        postgres.present(PRESENTED);
        Finding unknown = certificate(TlsPolicy.of(TlsMode.VERIFY_CA));
        assertThat(unknown.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(unknown.message()).contains("Amazon RDS and Aurora have authorities of their own");
        assertThat(unknown.remedy())
                .contains("global-bundle.pem", "--trust " + PRESENTED.fingerprint(0), PRESENTED.fingerprint(1), "only together with `sslmode: verify-full`")
                .doesNotContain("--trust " + PRESENTED.fingerprint(1));
        assertThat(certificate(TlsPolicy.of(TlsMode.VERIFY_FULL)).remedy()).contains("--trust " + PRESENTED.fingerprint(1));
        assertThat(unknown.approvable()).extracting(Approvable::fingerprint).containsExactly(PRESENTED.fingerprint(0), PRESENTED.fingerprint(1));
        Approvable leaf = unknown.approvable().getFirst();
        assertThat(leaf.facts().keySet())
                .containsExactly("hash", "name", "type", "sha1", "sha256", "public_key", "encoded_cert", "issuer", "not_before", "not_after");
        assertThat(leaf.facts())
                .containsEntry("name", "CN=orders.cluster-abc.eu-west-1.rds.amazonaws.com")
                .containsEntry("issuer", "CN=Amazon RDS eu-west-1 Subordinate CA RSA2048 G1.A.7")
                .containsEntry("type", "X.509");
        for (Approvable one : unknown.approvable()) {
            Finding approved = certificate(approving(one.fingerprint()));
            assertThat(approved.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(approved.message()).contains("TLSv1.3", "Approved: " + one.name());
        }
    }

    @Test
    void a_changed_certificate_fails_with_both_fingerprints_and_shows_the_new_chain() {
        TestCertificate renewed = MIDDLE.server("orders").presenting(1);
        postgres.present(renewed);
        Finding changed = certificate(approving(PRESENTED.fingerprint(0)));
        assertThat(changed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(changed.message()).contains(PRESENTED.fingerprint(0), renewed.fingerprint(0));
        assertThat(changed.approvable()).singleElement().satisfies(one -> assertThat(one.fingerprint()).isEqualTo(renewed.fingerprint(0)));
    }

    @Test
    void a_certificate_that_is_not_verified_or_ends_soon_is_warned_about() {
        postgres.present(PRESENTED);
        Finding unverified = certificate(TlsPolicy.of(TlsMode.REQUIRE));
        assertThat(unverified.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(unverified.approvable()).hasSize(2);
        TestCertificate old = MIDDLE.server(Validity.now(Duration.ofDays(3)), "orders").presenting(2);
        postgres.present(old);
        Finding soon = certificate(approving(old.fingerprint(1)));
        assertThat(soon.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(soon.message()).contains("Runs fail from then on");
    }

    @Test
    void nothing_is_asked_where_the_mode_does_not_and_a_server_without_tls_fails_where_it_does() {
        assertThat(certificate(TlsPolicy.of(TlsMode.PREFER)).outcome()).isEqualTo(Outcome.SKIPPED);
        Finding without = new CertificateCheck(
                        Route.straight("127.0.0.1", plain.port()), TlsPolicy.of(TlsMode.VERIFY_CA), PrivateHosts.ALLOW, InstantSource.system())
                .finding();
        assertThat(without.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(without.message()).contains("has no TLS");
    }

    private static Finding host(String host, int port, PrivateHosts privateHosts) {
        return new HostCheck(Route.straight(host, port), privateHosts).finding();
    }

    private static Finding certificate(TlsPolicy policy) {
        return new CertificateCheck(
                        Route.straight("127.0.0.1", postgres.database().port()), policy, PrivateHosts.ALLOW, InstantSource.system())
                .finding();
    }

    private static TlsPolicy approving(String fingerprint) {
        return new TlsPolicy(
                TlsMode.VERIFY_CA, Set.of(fingerprint), new Roots.Unsaid(), Optional.empty(), Optional.empty(), ChannelBinding.PREFER);
    }
}
