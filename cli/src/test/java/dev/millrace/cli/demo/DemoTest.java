package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.Program;
import dev.millrace.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    @Timeout(300)
    void the_demo_copies_follows_and_verifies_twice_in_the_same_folder(@TempDir Path folder) {
        assertThat(demo(folder)).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"proven\":true").doesNotContain("skipped");
        out.reset();
        assertThat(demo(folder)).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"proven\":true");
        assertThat(err.toString(StandardCharsets.UTF_8)).containsOnlyOnce("public.orders: copying");
    }

    private int demo(Path folder) {
        Terminal terminal = Terminal.plain(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Program(terminal, _ -> Optional.empty())
                .run("demo", "--once", "--seconds", "2", "--json", "--folder", folder.resolve("demo").toString());
    }
}
