package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Route;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.tls.CertificateCheck;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestCertificate;
import dev.millrace.testkit.tls.TlsPostgres;
import dev.millrace.worker.approval.Approvals;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import dev.millrace.worker.settings.SourceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceAccessTest {

    private static final TestAuthority ROOT = TestAuthority.root("Test Root");
    private static final TestAuthority CLIENTS = TestAuthority.root("Clients");
    private static final TestCertificate PRESENTED = ROOT.intermediate("Middle").server("orders.example.com").presenting(2);

    private static TlsPostgres postgres;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        postgres = TlsPostgres.start(17, PRESENTED, CLIENTS);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void what_is_approved_by_a_finding_is_believed_from_the_next_reading_of_the_settings_on() throws Exception {
        postgres.present(PRESENTED);
        Path file = settings("sslmode: verify-ca");
        Finding unknown = certificate(read(file));
        assertThat(unknown.outcome()).isEqualTo(Outcome.FAILED);
        Approvable middle = unknown.approvable().getLast();
        Approvals.read(file).approve(middle, Instant.EPOCH);
        assertThat(certificate(read(file)).outcome()).isEqualTo(Outcome.PASSED);
        open(read(file));
        postgres.present(TestAuthority.root("Somebody").server("orders.example.com"));
        SQLException changed = catchThrowableOfType(SQLException.class, () -> open(read(file)));
        assertThat(PostgresFaults.of(changed, "source").kind()).isEqualTo(FaultKind.CERTIFICATE_CHANGED);
    }

    @Test
    void an_endpoint_of_private_link_is_verified_by_the_databases_own_name() throws Exception {
        postgres.present(PRESENTED);
        Files.writeString(directory.resolve("ca.pem"), ROOT.own().rootPem());
        Path file = settings("connection_type: PrivateLink", "sslrootcert: ca.pem", "sslmode: verify-full", "tls_server_name: orders.example.com");
        open(read(file));
        Path unnamed = settings("connection_type: PrivateLink", "sslrootcert: ca.pem", "sslmode: verify-full");
        assertThat(PostgresFaults.of(catchThrowableOfType(SQLException.class, () -> open(read(unnamed))), "source").kind())
                .isEqualTo(FaultKind.CERTIFICATE_UNTRUSTED);
        assertThat(new SourceAccess(read(file)).privateHosts()).isEqualTo(PrivateHosts.ALLOW);
    }

    @Test
    void a_client_shows_the_certificate_that_the_settings_give() throws Exception {
        postgres.present(PRESENTED);
        TestCertificate client = CLIENTS.subject("CN=certified");
        Files.writeString(directory.resolve("client.crt"), client.chainPem());
        Files.writeString(directory.resolve("client.key"), client.keyPem());
        Path file = settings(
                "trusted_certificates: [" + PRESENTED.fingerprint(1) + "]",
                "auth_method: CLIENT_CERTIFICATE",
                "client_public_certificate: ${file:client.crt}",
                "client_private_key: ${file:client.key}");
        Files.writeString(file, Files.readString(file).replace("user: postgres\n  password: sesame", "user: certified"));
        open(read(file));
    }

    @Test
    void private_hosts_are_refused_if_the_settings_say_so() throws Exception {
        Path file = settings("private_hosts: refuse");
        SQLException refused = catchThrowableOfType(SQLException.class, () -> open(read(file)));
        assertThat(PostgresFaults.of(refused, "source").kind()).isEqualTo(FaultKind.HOST_PRIVATE);
    }

    private static void open(SourceSettings source) throws SQLException {
        try (Connection session = new SourceAccess(source).endpoint(Route.straight(source.host(), source.port())).open()) {
            assertThat(session.isValid(10)).isTrue();
        }
    }

    private static Finding certificate(SourceSettings source) {
        SourceAccess access = new SourceAccess(source);
        return new CertificateCheck(
                        Route.straight(source.host(), source.port()), access.tls(), access.privateHosts(), InstantSource.system())
                .finding();
    }

    private static SourceSettings read(Path file) {
        return switch (new SettingsReader(_ -> Optional.empty()).read(file)) {
            case SettingsReading.Understood understood -> understood.settings().source();
            case SettingsReading.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private Path settings(String... lines) throws IOException {
        TestDatabase database = postgres.database();
        return Files.writeString(
                directory.resolve("orders.yaml"),
                """
                source:
                  service: postgres
                  host: %s
                  port: %d
                  database: %s
                  user: %s
                  password: %s
                  update_method: XMIN
                  %s
                destination:
                  service: duckdb
                  path: warehouse.duckdb
                schema_prefix: orders
                """
                        .formatted(
                                database.host(), database.port(), database.name(), database.user(), database.password(), String.join("\n  ", lines)));
    }
}
