package dev.millrace.postgres.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.secret.Secret;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChainTrustTest {

    private static final TestAuthority ROOT = TestAuthority.root("Test Root");
    private static final TestCertificate SERVER = ROOT.server("db.example.com", "*.shop.example.com", "10.0.0.1", "2001:db8::1");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "db.example.com, true",
        "DB.Example.COM., true",
        "eu.shop.example.com, true",
        "shop.example.com, false",
        "a.b.shop.example.com, false",
        "example.com, false",
        "10.0.0.1, true",
        "10.0.0.2, false",
        "2001:db8:0:0::1, true",
        "2001:db8::2, false"
    })
    void names_are_held_against_the_certificates_as_libpq_does(String name, boolean isOf) {
        assertThat(new ServerName(name).isOf(SERVER.chain().getFirst())).isEqualTo(isOf);
    }

    @Test
    void a_common_name_counts_where_there_is_no_other() {
        X509Certificate old = ROOT.subject("CN=old.example.com, O=Example").chain().getFirst();
        assertThat(new ServerName("old.example.com").isOf(old)).isTrue();
        assertThat(new ServerName("other.example.com").isOf(old)).isFalse();
    }

    @Test
    void public_authorities_are_believed_with_the_right_name_only_and_where_nothing_else_is_said() {
        assertThat(TlsPolicy.of(TlsMode.VERIFY_CA).verifiesName()).isTrue();
        assertThat(TlsPolicy.of(TlsMode.VERIFY_CA).believesSystem()).isTrue();
        assertThat(TlsPolicy.of(TlsMode.REQUIRE).verifiesChain()).isFalse();
        TlsPolicy approving = policy(Set.of(SERVER.fingerprint(1)), new Roots.Unsaid());
        assertThat(approving.believesSystem()).isFalse();
        assertThat(approving.verifiesName()).isFalse();
        assertThat(policy(Set.of(), new Roots.OfSystem()).verifiesName()).isTrue();
    }

    @Test
    void approved_certificates_and_a_file_add_up() throws IOException {
        TestCertificate other = TestAuthority.root("Other Root").server("other.example.com");
        Roots file = new Roots.InFile(Files.writeString(folder.resolve("roots.pem"), SERVER.rootPem()));
        ChainTrust trust = new ChainTrust(policy(Set.of(other.fingerprint(0)), file), InstantSource.system());
        assertThatCode(() -> trust.checkServerTrusted(chain(SERVER), "ECDHE_ECDSA")).doesNotThrowAnyException();
        assertThatCode(() -> trust.checkServerTrusted(chain(other), "ECDHE_ECDSA")).doesNotThrowAnyException();
    }

    @Test
    void a_file_is_enough_where_an_approved_authority_is_presented_that_did_not_sign() throws IOException {
        TestCertificate other = TestAuthority.root("Other Root").server("other.example.com");
        X509Certificate[] both = {SERVER.chain().getFirst(), other.chain().getLast()};
        Set<String> approved = Set.of(other.fingerprint(1));
        Roots file = new Roots.InFile(Files.writeString(folder.resolve("roots.pem"), SERVER.rootPem()));
        assertThatCode(() -> new ChainTrust(policy(approved, file), InstantSource.system()).checkServerTrusted(both, "ECDHE_ECDSA"))
                .doesNotThrowAnyException();
        ChainTrust alone = new ChainTrust(policy(approved, new Roots.Unsaid()), InstantSource.system());
        assertThat(catchThrowableOfType(CertificateRefused.class, () -> alone.checkServerTrusted(both, "ECDHE_ECDSA")).reason())
                .isEqualTo(CertificateRefused.Reason.FORGED);
    }

    @Test
    void time_is_that_of_the_clock() throws IOException {
        InstantSource later = () -> Instant.now().plus(Duration.ofDays(200));
        ChainTrust trust = new ChainTrust(policy(Set.of(SERVER.fingerprint(0)), new Roots.Unsaid()), later);
        CertificateRefused refused = catchThrowableOfType(
                CertificateRefused.class, () -> trust.checkServerTrusted(chain(SERVER), "ECDHE_ECDSA"));
        assertThat(refused.reason()).isEqualTo(CertificateRefused.Reason.EXPIRED);
        assertThat(refused.chain()).hasSize(2);
    }

    @Test
    void a_server_that_signs_for_others_without_being_an_authority_is_refused() throws IOException {
        TestCertificate leaf = new TestAuthority(SERVER).server("victim.example.com");
        for (int pinned : List.of(1, 2)) {
            ChainTrust trust = new ChainTrust(policy(Set.of(leaf.fingerprint(pinned)), new Roots.Unsaid()), InstantSource.system());
            assertThat(catchThrowableOfType(CertificateRefused.class, () -> trust.checkServerTrusted(chain(leaf), "ECDHE_ECDSA")).reason())
                    .isEqualTo(CertificateRefused.Reason.FORGED);
        }
    }

    @Test
    void a_policy_survives_the_way_through_the_driver_and_shows_no_key() {
        TlsPolicy policy = new TlsPolicy(
                TlsMode.REQUIRE,
                Set.of("a", "b"),
                new Roots.InFile(Path.of("/somewhere/roots.pem")),
                Optional.of("db.example.com"),
                Optional.of(new ClientCertificate("certificate", Secret.of("sesame"))),
                ChannelBinding.REQUIRE);
        Properties properties = new Properties();
        properties.putAll(policy.properties("elsewhere"));
        assertThat(TlsPolicy.of(properties)).isEqualTo(policy);
        assertThat(policy.toString()).doesNotContain("sesame");
    }

    private static X509Certificate[] chain(TestCertificate certificate) {
        return certificate.chain().toArray(X509Certificate[]::new);
    }

    private static TlsPolicy policy(Set<String> approved, Roots roots) {
        return new TlsPolicy(TlsMode.VERIFY_CA, approved, roots, Optional.empty(), Optional.empty(), ChannelBinding.PREFER);
    }
}
