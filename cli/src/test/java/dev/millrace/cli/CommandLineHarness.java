package dev.millrace.cli;

import dev.millrace.cli.terminal.Person;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.testkit.postgres.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Carries commands out as a person would type them: in this process, or in one of their own.
final class CommandLineHarness {

    /// What a command did.
    record Outcome(int code, String out, String err) {

        /// Standard output as one JSON value.
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }

        /// Standard output as JSON values, one a line.
        List<JsonNode> jsonLines() {
            return out.lines().map(line -> JsonMapper.shared().readTree(line)).toList();
        }
    }

    private static final String KEY_FILE = Path.of("target", "test-key").toAbsolutePath().toString();

    private CommandLineHarness() {}

    /// Carries a command out in this process.
    static Outcome run(String... arguments) {
        return run(Person.nobody(), arguments);
    }

    /// The same with somebody who answers questions.
    static Outcome run(Person person, String... arguments) {
        return run(person, Map.of(), arguments);
    }

    /// The same with more variables in the environment.
    static Outcome run(Map<String, String> variables, String... arguments) {
        return run(Person.nobody(), variables, arguments);
    }

    private static Outcome run(Person person, Map<String, String> variables, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.plain(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        Map<String, String> environment = new HashMap<>(Map.of("PGPASS", "sesame", "MILLRACE_KEY_FILE", KEY_FILE));
        environment.putAll(variables);
        int code = new Program(terminal, name -> Optional.ofNullable(environment.get(name)), person).run(arguments);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// Starts a command as a process of its own, whose output goes to the two files.
    static Process start(Path out, Path err, String... arguments) throws IOException {
        return start(out, err, Map.of(), arguments);
    }

    /// The same with more variables in the environment.
    static Process start(Path out, Path err, Map<String, String> variables, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.millrace.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("PGPASS", "sesame");
        builder.environment().put("MILLRACE_KEY_FILE", KEY_FILE);
        builder.environment().putAll(variables);
        return builder.start();
    }

    /// Writes settings that copy a test database with the publication `pub` and the slot of that name into `copy.duckdb` beside them.
    static Path settings(Path folder, TestDatabase database, String slot) throws IOException {
        return Files.writeString(
                folder.resolve("connection.yaml"),
                """
                source:
                  service: postgres
                  host: %s
                  port: %d
                  database: %s
                  user: %s
                  password: ${env:PGPASS}
                  replication_slot: %s
                  publication_name: pub
                destination:
                  service: duckdb
                  path: copy.duckdb
                schema_prefix: t
                """.formatted(database.host(), database.port(), database.name(), database.user(), slot));
    }
}
