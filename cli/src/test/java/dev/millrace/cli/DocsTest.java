package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.naming.Naming;
import dev.millrace.worker.settings.Setting;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import dev.millrace.worker.settings.SettingsSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine;

class DocsTest {

    private static final Path HOUSE = Path.of("..").toAbsolutePath().normalize();

    @Test
    void the_settings_reference_has_a_row_for_every_setting_as_the_code_has_it() throws IOException {
        List<String> rows = Files.readString(HOUSE.resolve("docs/reference/settings.md"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows).containsExactlyElementsOf(Arrays.stream(Setting.values()).map(DocsTest::row).toList());
    }

    @Test
    void the_schema_for_editors_is_the_one_that_the_code_makes() throws IOException {
        assertThat(Files.readString(HOUSE.resolve("docs/reference/settings.schema.json"))).isEqualTo(SettingsSchema.text());
    }

    private static String row(Setting setting) {
        String fallback =
                switch (setting.need()) {
                    case REQUIRED -> "required";
                    case OPTIONAL -> setting.fallback().equals("none") ? "none" : "`" + setting.fallback() + "`";
                };
        return "| `%s` | %s | %s |".formatted(setting.path(), fallback, setting.meaning());
    }

    @Test
    void the_reference_of_exit_codes_has_them_all() throws IOException {
        List<String> rows = Files.readString(HOUSE.resolve("docs/reference/exit-codes.md"))
                .lines()
                .filter(line -> line.matches("\\| \\d.*"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(ExitCode.values())
                        .map(code -> "| %d | %s |".formatted(code.number(), code.meaning()))
                        .toList());
    }

    @Test
    void the_reference_of_faults_has_them_all_with_owner_and_retry() throws IOException {
        List<String> rows = Files.readString(HOUSE.resolve("docs/reference/faults.md"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> String.join(" | ", Arrays.asList(line.split(" \\| ")).subList(0, 3)))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(FaultKind.values())
                        .map(kind -> "| `%s` | %s | %s".formatted(kind, lower(kind.owner()), lower(kind.retry())))
                        .toList());
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void the_reference_of_commands_names_every_command_and_every_option() throws IOException {
        String reference = Files.readString(HOUSE.resolve("docs/reference/commands.md"));
        CommandLine millrace = new Program(Terminal.plain(System.out, System.err), _ -> Optional.empty()).commandLine();
        millrace.getSubcommands().forEach((name, command) -> {
            if (!name.equals("help")) {
                assertThat(reference).contains("\n## " + name + "\n");
                command.getCommandSpec().options().stream()
                        .map(OptionSpec::longestName)
                        .filter(option -> !List.of("--help", "--version").contains(option))
                        .forEach(option -> assertThat(reference).contains(option));
            }
        });
    }

    @Test
    void the_guide_to_names_gives_the_names_that_the_rules_give() throws IOException {
        String guide = Files.readString(HOUSE.resolve("docs/guides/names.md"));
        Matcher row = Pattern.compile("\\| `([^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\|").matcher(guide);
        int count = 0;
        while (row.find()) {
            assertThat(Naming.FIVETRAN_NAMING.column(row.group(1))).as(row.group(1)).isEqualTo(row.group(2));
            assertThat(Naming.FIVETRAN_NAMING.table(row.group(1))).as(row.group(1)).isEqualTo(row.group(3));
            count++;
        }
        assertThat(count).isGreaterThan(15);
    }

    @Test
    void the_guide_makes_what_the_demo_makes() throws IOException {
        String guide = Files.readString(HOUSE.resolve("docs/guides/first-connection.md"));
        try (InputStream in = Objects.requireNonNull(DocsTest.class.getResourceAsStream("demo/setup.sql"))) {
            String statements = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("--"))
                    .reduce("", (all, line) -> all + line + "\n");
            assertThat(guide).contains("```sql\n" + statements + "```");
        }
    }

    @Test
    void every_whole_settings_file_in_the_docs_is_understood() throws IOException {
        List<String> examples = new ArrayList<>();
        for (String page : List.of(
                "README.md", "docs/guides/first-connection.md", "docs/guides/to-postgresql.md", "docs/guides/iceberg.md")) {
            Matcher block = Pattern.compile("```yaml\n(source:\n.*?)```", Pattern.DOTALL).matcher(Files.readString(HOUSE.resolve(page)));
            while (block.find()) {
                examples.add(block.group(1));
            }
        }
        assertThat(examples).hasSize(4).allSatisfy(example -> assertThat(
                        new SettingsReader(_ -> Optional.of("secret")).read(example, HOUSE.resolve("example.yaml")))
                .isInstanceOf(SettingsReading.Understood.class));
    }

    @Test
    void every_test_that_shows_what_becomes_of_a_pain_exists() throws IOException {
        Map<String, Path> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(HOUSE)) {
            files.filter(file -> file.toString().matches(".*/src/(test|main)/java/.*(Test|Contract)\\.java"))
                    .forEach(file -> sources.put(file.getFileName().toString().replace(".java", ""), file));
        }
        Matcher named = Pattern.compile("`(\\w+(?:Test|Contract))\\.(\\w+)`")
                .matcher(Files.readString(HOUSE.resolve("docs/explanation/field-pains.md")));
        int count = 0;
        while (named.find()) {
            assertThat(sources).containsKey(named.group(1));
            assertThat(Files.readString(Objects.requireNonNull(sources.get(named.group(1))))).contains(" " + named.group(2) + "(");
            count++;
        }
        assertThat(count).isGreaterThan(30);
    }

    @Test
    void links_between_pages_lead_somewhere() throws IOException {
        for (String page : List.of(
                "README.md",
                "ARCHITECTURE.md",
                "docs/decisions/README.md",
                "docs/guides/first-connection.md",
                "docs/guides/to-postgresql.md",
                "docs/guides/iceberg.md",
                "docs/reference/commands.md",
                "docs/reference/settings.md")) {
            Path file = HOUSE.resolve(page);
            Matcher link = Pattern.compile("]\\(([^)#:]+)\\)").matcher(Files.readString(file));
            while (link.find()) {
                assertThat(file.resolveSibling(link.group(1))).as(page).exists();
            }
        }
    }
}
