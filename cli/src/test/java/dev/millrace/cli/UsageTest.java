package dev.millrace.cli;

import static dev.millrace.cli.CommandLineHarness.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CommandLineHarness.Outcome;
import dev.millrace.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTest {

    @Test
    void the_help_names_every_command_and_every_exit_code() {
        Outcome help = run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("demo", "prepare", "check", "sync", "status", "resync", "verify", "query");
        Program program = new Program(Terminal.plain(System.out, System.err), _ -> Optional.empty());
        String[] codes = program.commandLine().getCommandSpec().usageMessage().exitCodeList().entrySet().stream()
                .map(entry -> entry.getKey().strip() + ":" + entry.getValue())
                .toArray(String[]::new);
        assertThat(codes).containsExactly(Arrays.stream(ExitCode.values())
                .map(code -> code.number() + ":" + code.meaning())
                .toArray(String[]::new));
    }

    @Test
    void a_command_that_is_not_known_is_a_matter_of_usage() {
        assertThat(run("snyc", "c.yaml").code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(run("snyc", "c.yaml").err()).contains("There is no command `snyc`. Did you mean `sync`?");
        assertThat(run("--snyc").code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(run("query", "only-one").code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(run("sync").code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(run("sync", "--source", "postgresql://u@h/d").err()).contains("give both --source and --destination");
        assertThat(run("resync", "connection.yaml", "without-a-schema").code()).isEqualTo(ExitCode.USAGE.number());
    }

    @Test
    void wrong_settings_are_told_all_at_once(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), "source:\n  hots: x\nschema_prefix: 9\n");
        Outcome text = run("sync", file.toString());
        assertThat(text.code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(text.err()).contains("c.yaml:2: Unknown setting `source.hots`. Did you mean `source.host`?", "c.yaml:3: ");
        Outcome json = run("sync", file.toString(), "--json");
        assertThat(json.code()).isEqualTo(ExitCode.USAGE.number());
        assertThat(json.json().get("problems").get(0).get("line").intValue()).isEqualTo(2);
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        assertThat(run("status", "nowhere.yaml").err()).contains("There is no file nowhere.yaml");
    }
}
