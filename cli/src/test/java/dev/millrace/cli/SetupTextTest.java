package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SetupTextTest {

    @Test
    void of_a_certificate_people_see_what_they_can_hold_against_the_servers_and_nothing_of_it_steers_the_terminal() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Approvable certificate = new Approvable(
                Approvable.Kind.CERTIFICATE,
                "ab12",
                "CN=a\u001b[2J\nPASSED",
                Map.of("issuer", "CN=\u001b[1mb\r", "not_before", "2026-01-01T00:00:00Z", "encoded_cert", "MIIB", "public_key", "MFkw"));
        new SetupText(Terminal.plain(out, out), false)
                .add(new Finding(SetupTest.CERTIFICATE, Outcome.FAILED, "no", "do\u0007 this\nand that", List.of(certificate)));
        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("ab12 CN=a [2J PASSED (", "issuer CN= [1mb", "not_before 2026").doesNotContain("MIIB", "MFkw", "\u001b", "\u0007", "\r");
        assertThat(text.lines()).hasSize(4);
    }
}
