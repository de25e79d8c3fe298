package dev.millrace.cli;

import static dev.millrace.cli.CommandLineHarness.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CommandLineHarness.Outcome;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.ssh.OpenSshServer;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestCertificate;
import dev.millrace.testkit.tls.TlsPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A person who approves what is shown: a tunnel's host key, and the database's certificate behind it.
@Timeout(120)
class ApprovalTest {

    @TempDir
    private Path folder;

    @Test
    void what_is_shown_is_approved_step_by_step_and_what_changes_later_is_told() throws IOException {
        TestAuthority authority = TestAuthority.root("Mill Root");
        TestCertificate first = authority.server("db.example.com");
        TestCertificate second = authority.server("db.example.com");
        try (TlsPostgres postgres = TlsPostgres.start(17, first, authority); OpenSshServer server = OpenSshServer.open()) {
            TestDatabase database = postgres.database();
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            database.createPublicationAndSlot("pub", "slot");
            Path settings = CommandLineHarness.settings(folder, database, "slot");
            String tunnel = "  tunnel_host: 127.0.0.1\n  tunnel_port: %d\n  tunnel_user: %s\n  always_encrypted: true\n".formatted(server.port(), server.user());
            Files.writeString(settings, Files.readString(settings).replace("  publication_name", tunnel + "  publication_name"));
            String file = settings.toString();
            server.authorize(run("keys", file).out().strip());
            String hostKey = server.fingerprint("ed25519");

            Outcome unknown = run("check", file);
            assertThat(unknown.code()).isEqualTo(ExitCode.FINDING.number());
            assertThat(unknown.out()).contains("FAILED   SSH Tunnel Connection", hostKey, "SKIPPED  Validate Certificate", "Not ready.");

            Outcome mistyped = run("check", file, "--trust", "SHA256:" + "A".repeat(43));
            assertThat(mistyped.err()).contains("Not approved: SHA256:AAAA", hostKey);
            assertThat(mistyped.code()).isEqualTo(ExitCode.FINDING.number());
            assertThat(run("check", file, "--trust", "abc").err()).contains("64 hexadecimal digits");

            JsonNode foreign = run("check", file, "--trust", hostKey, "--json").json().get("setup_tests").get(2);
            assertThat(foreign.get("status").stringValue()).isEqualTo("FAILED");
            assertThat(foreign.get("details").get(0).get("hash").stringValue()).isNotEmpty();

            Outcome approved = run("check", file, "--trust", first.fingerprint(0).toUpperCase(Locale.ROOT));
            assertThat(approved.err()).contains("Approved: certificate, CN=db.example.com");
            assertThat(approved.out()).contains("PASSED   SSH Tunnel Connection", "PASSED   Validate Certificate", "Ready.");
            assertThat(approved.code()).isZero();
            assertThat(run("sync", file).code()).isZero();

            postgres.present(second);
            Outcome changed = run("check", file);
            assertThat(changed.out()).contains("FAILED   Validate Certificate", first.fingerprint(0), second.fingerprint(0));
            assertThat(run("sync", file).err()).contains(first.fingerprint(0), second.fingerprint(0));
        }
    }
}
