package dev.millrace.worker.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalsTest {

    private static final Instant NOW = Instant.parse("2026-11-27T05:54:58Z");
    private static final Approvable CERTIFICATE =
            new Approvable(Approvable.Kind.CERTIFICATE, "1".repeat(64), "CN=\"a: b\", O=# \u00e9", Map.of("issuer", "x"));
    private static final Approvable HOST_KEY = new Approvable(Approvable.Kind.HOST_KEY, "SHA256:abc+/", "ssh-ed25519", Map.of());

    @TempDir
    Path directory;

    @Test
    void what_is_approved_is_there_the_next_time() {
        Path settings = directory.resolve("orders.yaml");
        assertThat(Approvals.read(settings).all()).isEmpty();
        Approvals.read(settings).approve(CERTIFICATE, NOW).approve(HOST_KEY, NOW);
        Approvals read = Approvals.read(settings);
        assertThat(read.file()).isEqualTo(directory.resolve("orders.approved.yaml"));
        assertThat(read.all())
                .containsExactly(
                        new Approval(Approvable.Kind.CERTIFICATE, "1".repeat(64), CERTIFICATE.name(), NOW),
                        new Approval(Approvable.Kind.HOST_KEY, "SHA256:abc+/", "ssh-ed25519", NOW));
        assertThat(read.certificates()).containsExactly("1".repeat(64));
        assertThat(read.hostKeys()).containsExactly("SHA256:abc+/");
        assertThat(Approvals.read(directory.resolve("other.yaml")).all()).isEmpty();
    }

    @Test
    void approving_again_changes_nothing_and_leaves_nothing_behind() throws IOException {
        Path settings = directory.resolve("orders.yaml");
        Approvals once = Approvals.read(settings).approve(CERTIFICATE, NOW);
        assertThat(once.approve(CERTIFICATE, NOW.plusSeconds(9))).isEqualTo(once);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("orders.approved.yaml"));
        }
    }

    @Test
    void a_file_that_is_something_else_is_a_fault() throws IOException {
        for (String text : new String[] {"nonsense", "- kind: CERTIFICATE", "- kind: OTHER\n  fingerprint: x\n", "[", "a: b"}) {
            Files.writeString(directory.resolve("orders.approved.yaml"), text);
            Fault fault = catchThrowableOfType(Fault.class, () -> Approvals.read(directory.resolve("orders.yaml")));
            assertThat(fault.kind()).as(text).isEqualTo(FaultKind.SETTINGS_INVALID);
        }
    }

    @Test
    void a_directory_that_cannot_be_written_is_a_fault_and_nothing_is_approved() {
        Path settings = directory.resolve("nowhere").resolve("orders.yaml");
        Fault fault = catchThrowableOfType(Fault.class, () -> Approvals.read(settings).approve(CERTIFICATE, NOW));
        assertThat(fault.kind()).isEqualTo(FaultKind.SETTINGS_INVALID);
        assertThat(fault.remedy()).contains("trusted_certificates");
        assertThat(Approvals.read(settings).all()).isEmpty();
    }
}
