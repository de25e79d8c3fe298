package dev.millrace.postgres.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.fault.NotOpened;
import dev.millrace.postgres.session.Login;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestAuthority.Validity;
import dev.millrace.testkit.tls.TestCertificate;
import dev.millrace.testkit.tls.TlsPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TlsSessionsTest {

    private static final TestAuthority ROOT = TestAuthority.root("Test Root");
    private static final TestAuthority MIDDLE = ROOT.intermediate("Test Middle");
    private static final TestAuthority OTHER = TestAuthority.root("Other Root");
    private static final TestAuthority CLIENTS = TestAuthority.root("Clients");
    private static final TestCertificate GOOD = MIDDLE.server("db.example.com", "localhost", "127.0.0.1");

    private static TlsPostgres postgres;
    private static TestDatabase database;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        postgres = TlsPostgres.start(17, GOOD, CLIENTS);
        database = postgres.database();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @ParameterizedTest
    @EnumSource(TlsMode.class)
    void every_mode_opens_sessions_of_both_kinds_and_all_but_the_weakest_are_encrypted(TlsMode mode) throws SQLException {
        postgres.present(GOOD);
        PostgresEndpoint endpoint = endpoint(policy(mode, file(GOOD.rootPem())), "127.0.0.1");
        String expected = mode == TlsMode.DISABLE || mode == TlsMode.ALLOW ? "none" : "TLSv1.3";
        assertThat(version(endpoint)).isEqualTo(expected);
        endpoint.openReplication().close();
    }

    @Test
    void version_1_2_is_spoken_too_and_older_ones_are_refused_with_a_sentence_of_their_own() throws SQLException {
        postgres.present(GOOD);
        PostgresEndpoint endpoint = endpoint(policy(TlsMode.REQUIRE, new Roots.Unsaid()), "127.0.0.1");
        try {
            postgres.set(Map.of("ssl_max_protocol_version", "TLSv1.2"));
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(version(endpoint)).isEqualTo("TLSv1.2"));
            postgres.set(Map.of("ssl_min_protocol_version", "TLSv1", "ssl_max_protocol_version", "TLSv1.1", "ssl_ciphers", "ALL:@SECLEVEL=0"));
            Eventually.within(
                    Duration.ofSeconds(10), () -> assertThat(fault(endpoint).description()).contains("TLS older than 1.2 only"));
            assertThat(fault(endpoint).kind()).isEqualTo(FaultKind.TLS_UNUSABLE);
        } finally {
            postgres.set(Map.of("ssl_min_protocol_version", "TLSv1.2", "ssl_max_protocol_version", "", "ssl_ciphers", "HIGH:MEDIUM:+3DES:!aNULL"));
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(version(endpoint)).isEqualTo("TLSv1.3"));
        }
    }

    @Test
    void a_foreign_certificate_is_refused_with_what_was_presented() {
        TestCertificate presented = OTHER.server("db.example.com");
        postgres.present(presented);
        Fault fault = fault(endpoint(policy(TlsMode.VERIFY_CA, file(GOOD.rootPem())), "127.0.0.1"));
        assertThat(fault.kind()).isEqualTo(FaultKind.CERTIFICATE_UNTRUSTED);
        assertThat(fault.description()).contains("leads to no authority that is believed", "CN=db.example.com", "signed by CN=Other Root");
        assertThat(fault.remedy())
                .contains("./millrace check FILE --trust " + presented.fingerprint(0), OTHER.own().fingerprint(0), "only together with `sslmode: verify-full`");
        assertThat(fault(endpoint(TlsPolicy.of(TlsMode.VERIFY_CA), "127.0.0.1")).description()).contains("(the system's)");
    }

    @Test
    void an_approved_certificate_of_the_server_is_enough_whatever_its_name() throws SQLException {
        postgres.present(OTHER.server("elsewhere.example.com"));
        TestCertificate presented = OTHER.server("elsewhere.example.com");
        postgres.present(presented);
        assertThat(version(endpoint(approving(TlsMode.VERIFY_FULL, presented.fingerprint(0)), "127.0.0.1"))).isEqualTo("TLSv1.3");
    }

    @Test
    void a_chain_without_its_root_leads_to_an_approved_authority_within_it() throws SQLException {
        postgres.present(GOOD.presenting(2));
        assertThat(version(endpoint(approving(TlsMode.VERIFY_CA, GOOD.fingerprint(1)), "127.0.0.1"))).isEqualTo("TLSv1.3");
        assertThat(version(endpoint(approving(TlsMode.VERIFY_FULL, GOOD.fingerprint(1)), "127.0.0.1"))).isEqualTo("TLSv1.3");
        TestCertificate renewed = MIDDLE.server("db.example.com");
        postgres.present(renewed.presenting(2));
        assertThat(version(endpoint(approving(TlsMode.VERIFY_CA, GOOD.fingerprint(1)), "127.0.0.1"))).isEqualTo("TLSv1.3");
    }

    @Test
    void an_approved_root_that_is_presented_is_an_anchor() throws SQLException {
        postgres.present(GOOD);
        assertThat(version(endpoint(approving(TlsMode.VERIFY_CA, GOOD.fingerprint(2)), "127.0.0.1"))).isEqualTo("TLSv1.3");
    }

    @Test
    void a_changed_certificate_is_refused_with_both_fingerprints() {
        TestCertificate renewed = MIDDLE.server("db.example.com").presenting(1);
        postgres.present(renewed);
        Fault fault = fault(endpoint(approving(TlsMode.VERIFY_CA, GOOD.fingerprint(0)), "127.0.0.1"));
        assertThat(fault.kind()).isEqualTo(FaultKind.CERTIFICATE_CHANGED);
        assertThat(fault.description()).contains("approved is SHA-256 " + GOOD.fingerprint(0), renewed.fingerprint(0));
        assertThat(fault.remedy()).contains("--trust " + renewed.fingerprint(0));
    }

    @Test
    void an_approved_authority_that_did_not_sign_what_stands_before_it_is_no_anchor() {
        TestCertificate foreign = OTHER.server("db.example.com");
        postgres.present(new TestCertificate(
                List.of(foreign.chain().getFirst(), GOOD.chain().get(1)), foreign.key()));
        Fault fault = fault(endpoint(approving(TlsMode.VERIFY_CA, GOOD.fingerprint(1)), "127.0.0.1"));
        assertThat(fault.kind()).isEqualTo(FaultKind.CERTIFICATE_UNTRUSTED);
        assertThat(fault.description()).contains("is not what it says");
    }

    @Test
    void expired_certificates_are_refused_also_approved_ones_and_ones_not_yet_valid() {
        TestCertificate over = MIDDLE.server(Validity.over(), "db.example.com");
        postgres.present(over);
        Fault fault = fault(endpoint(policy(TlsMode.VERIFY_CA, file(GOOD.rootPem())), "127.0.0.1"));
        assertThat(fault.kind()).isEqualTo(FaultKind.CERTIFICATE_EXPIRED);
        assertThat(fault.description()).contains("was valid until");
        assertThat(fault(endpoint(approving(TlsMode.VERIFY_CA, over.fingerprint(0)), "127.0.0.1")).kind())
                .isEqualTo(FaultKind.CERTIFICATE_EXPIRED);
        postgres.present(MIDDLE.server(Validity.toCome(), "db.example.com"));
        assertThat(fault(endpoint(policy(TlsMode.VERIFY_CA, file(GOOD.rootPem())), "127.0.0.1")).description()).contains("is valid from");
        postgres.present(ROOT.intermediate("Old Middle", Validity.over()).server("db.example.com"));
        Fault middle = fault(endpoint(policy(TlsMode.VERIFY_CA, file(GOOD.rootPem())), "127.0.0.1"));
        assertThat(middle.kind()).isEqualTo(FaultKind.CERTIFICATE_EXPIRED);
        assertThat(middle.description()).contains("CN=Old Middle");
    }

    @Test
    void the_name_is_verified_by_verify_full_and_may_be_another_than_the_one_dialled() throws SQLException {
        postgres.present(MIDDLE.server("db.example.com", "*.shop.example.com"));
        TlsPolicy full = policy(TlsMode.VERIFY_FULL, file(GOOD.rootPem()));
        Fault fault = fault(endpoint(full, "127.0.0.1"));
        assertThat(fault.kind()).isEqualTo(FaultKind.CERTIFICATE_UNTRUSTED);
        assertThat(fault.description()).contains("asked for was `127.0.0.1`, it is of `db.example.com`, `*.shop.example.com`");
        assertThat(fault.remedy()).contains("tls_server_name");
        assertThat(version(endpoint(policy(TlsMode.VERIFY_CA, file(GOOD.rootPem())), "127.0.0.1"))).isEqualTo("TLSv1.3");
        assertThat(version(endpoint(named(full, "db.example.com"), "127.0.0.1"))).isEqualTo("TLSv1.3");
        assertThat(version(endpoint(named(full, "eu.shop.example.com"), "127.0.0.1"))).isEqualTo("TLSv1.3");
        assertThat(fault(endpoint(named(full, "a.b.shop.example.com"), "127.0.0.1")).description()).contains("is of another name");
    }

    @Test
    void the_name_is_the_targets_when_a_tunnels_end_is_dialled() throws SQLException {
        postgres.present(MIDDLE.server("db.example.com"));
        Route tunnel = new Route() {
            @Override
            public Address dial() {
                return new Address("127.0.0.1", database.port());
            }

            @Override
            public Address target() {
                return new Address("db.example.com", 5432);
            }

            @Override
            public void close() {}
        };
        PostgresEndpoint endpoint = new PostgresEndpoint(
                tunnel,
                database.name(),
                database.user(),
                Login.by(Secret.of(database.password())),
                policy(TlsMode.VERIFY_FULL, file(GOOD.rootPem())),
                PrivateHosts.ALLOW,
                Map.of());
        assertThat(version(endpoint)).isEqualTo("TLSv1.3");
    }

    @Test
    void a_server_without_tls_is_refused_where_it_is_demanded() throws SQLException {
        try (TestDatabase plain = TestPostgres.latest().newDatabase()) {
            for (TlsMode mode : TlsMode.values()) {
                PostgresEndpoint endpoint = endpoint(plain, policy(mode, file(GOOD.rootPem())), "127.0.0.1", plain.user(), plain.password());
                if (mode.demandsTls()) {
                    Fault fault = fault(endpoint);
                    assertThat(fault.kind()).isEqualTo(FaultKind.TLS_MISSING);
                    assertThat(fault.description()).contains("has no TLS, and `sslmode` is `" + mode.name().toLowerCase(Locale.ROOT).replace('_', '-'));
                } else {
                    endpoint.open().close();
                }
            }
        }
    }

    @Test
    void channel_binding_can_be_required() throws SQLException {
        postgres.present(GOOD);
        assertThat(version(endpoint(binding(TlsMode.REQUIRE, ChannelBinding.REQUIRE), "127.0.0.1"))).isEqualTo("TLSv1.3");
        assertThat(version(endpoint(binding(TlsMode.REQUIRE, ChannelBinding.DISABLE), "127.0.0.1"))).isEqualTo("TLSv1.3");
        Fault plain = fault(endpoint(binding(TlsMode.DISABLE, ChannelBinding.REQUIRE), "127.0.0.1"));
        assertThat(plain.kind()).isEqualTo(FaultKind.LOGIN_REFUSED);
        assertThat(plain.description()).contains("cannot be bound to its TLS session");
        database.execute("SET password_encryption = 'md5'");
        database.createUser("old_fashioned", "sesame", "");
        postgres.prependLogins("hostssl all old_fashioned all md5");
        Fault old = fault(endpoint(database, binding(TlsMode.REQUIRE, ChannelBinding.REQUIRE), "127.0.0.1", "old_fashioned", "sesame"));
        assertThat(old.kind()).isEqualTo(FaultKind.LOGIN_REFUSED);
        assertThat(old.description()).contains("cannot be bound to its TLS session");
    }

    @Test
    void a_user_logs_in_by_certificate() throws SQLException {
        postgres.present(GOOD);
        TestCertificate certified = CLIENTS.subject("CN=certified");
        assertThat(version(endpoint(database, showing(certified.chainPem(), certified.keyPem()), "127.0.0.1", "certified", ""))).isEqualTo("TLSv1.3");
        assertThat(refusal(endpoint(database, TlsPolicy.of(TlsMode.REQUIRE), "127.0.0.1", "certified", "")).getSQLState()).isEqualTo("28000");
        TestCertificate foreign = OTHER.subject("CN=certified");
        Fault refused = fault(endpoint(database, showing(foreign.chainPem(), foreign.keyPem()), "127.0.0.1", "certified", ""));
        assertThat(refused.kind()).isEqualTo(FaultKind.LOGIN_REFUSED);
        assertThat(refused.description()).contains("so it does not accept it");
        TestCertificate other = CLIENTS.subject("CN=somebody_else");
        assertThat(refusal(endpoint(database, showing(other.chainPem(), other.keyPem()), "127.0.0.1", "certified", "")).getSQLState())
                .isEqualTo("28000");
    }

    @Test
    void what_the_settings_give_for_tls_is_named_where_it_cannot_be_used() {
        postgres.present(GOOD);
        TestCertificate certified = CLIENTS.subject("CN=certified");
        assertThat(unusable(showing("nothing", certified.keyPem()))).contains("`client_public_certificate` is no certificate");
        assertThat(unusable(showing(certified.chainPem(), "nothing"))).contains("`client_private_key` is not in PEM");
        assertThat(unusable(showing(certified.chainPem(), certified.keyPem().replace("PRIVATE", "ENCRYPTED PRIVATE")))).contains("is encrypted");
        assertThat(unusable(showing(certified.chainPem(), certified.keyPem().replace("PRIVATE", "EC PRIVATE")))).contains("older form than PKCS#8");
        assertThat(unusable(showing(certified.chainPem(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")))
                .contains("does not go with");
        assertThat(unusable(policy(TlsMode.VERIFY_CA, new Roots.InFile(folder.resolve("nowhere.pem"))))).contains("cannot be read");
        assertThat(unusable(policy(TlsMode.VERIFY_CA, file("nothing")))).contains("has no certificates");
    }

    private static String unusable(TlsPolicy policy) {
        Fault fault = fault(endpoint(policy, "127.0.0.1"));
        assertThat(fault.kind()).isEqualTo(FaultKind.SETTINGS_INVALID);
        return fault.description();
    }

    private Roots.InFile file(String pem) {
        try {
            return new Roots.InFile(Files.writeString(folder.resolve("roots.pem"), pem));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static TlsPolicy policy(TlsMode mode, Roots roots) {
        return new TlsPolicy(mode, Set.of(), roots, Optional.empty(), Optional.empty(), ChannelBinding.PREFER);
    }

    private static TlsPolicy approving(TlsMode mode, String fingerprint) {
        return new TlsPolicy(mode, Set.of(fingerprint), new Roots.Unsaid(), Optional.empty(), Optional.empty(), ChannelBinding.PREFER);
    }

    private static TlsPolicy named(TlsPolicy policy, String name) {
        return new TlsPolicy(policy.mode(), policy.approved(), policy.roots(), Optional.of(name), policy.client(), policy.channelBinding());
    }

    private static TlsPolicy binding(TlsMode mode, ChannelBinding binding) {
        return new TlsPolicy(mode, Set.of(), new Roots.Unsaid(), Optional.empty(), Optional.empty(), binding);
    }

    private static TlsPolicy showing(String chain, String key) {
        return new TlsPolicy(
                TlsMode.REQUIRE,
                Set.of(),
                new Roots.Unsaid(),
                Optional.empty(),
                Optional.of(new ClientCertificate(chain, Secret.of(key))),
                ChannelBinding.PREFER);
    }

    private static PostgresEndpoint endpoint(TlsPolicy policy, String host) {
        return endpoint(database, policy, host, database.user(), database.password());
    }

    private static PostgresEndpoint endpoint(TestDatabase where, TlsPolicy policy, String host, String user, String password) {
        return new PostgresEndpoint(
                Route.straight(host, where.port()), where.name(), user, Login.by(Secret.of(password)), policy, PrivateHosts.ALLOW, Map.of());
    }

    private static String version(PostgresEndpoint endpoint) throws SQLException {
        try (Connection session = endpoint.open();
                Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery("SELECT coalesce(version, 'none') FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Fault fault(PostgresEndpoint endpoint) {
        if (refusal(endpoint) instanceof NotOpened refused) {
            return refused.fault();
        }
        throw new AssertionError("The driver's exception was not told from others");
    }

    private static SQLException refusal(PostgresEndpoint endpoint) {
        try (Connection _ = endpoint.open()) {
            throw new AssertionError("A session was opened");
        } catch (SQLException e) {
            return e;
        }
    }
}
