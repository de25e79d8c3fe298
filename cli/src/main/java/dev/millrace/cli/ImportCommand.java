package dev.millrace.cli;

import dev.millrace.cli.imported.ForeignConfiguration;
import dev.millrace.cli.imported.ImportedSettings;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace import`: settings from another product's configuration.
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Prints settings made of the configuration of an Airbyte source-postgres, a Debezium connector or a Fivetran connection (JSON, YAML or properties), and what to know of them.")
final class ImportCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(paramLabel = "FILE", description = "The other product's configuration.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ImportCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        ForeignConfiguration foreign = ForeignConfiguration.read(text())
                .orElseThrow(() -> new Fault(
                        FaultKind.SETTINGS_INVALID,
                        file.toString(),
                        "%s is no configuration of a product that is known here.".formatted(file),
                        "Give the JSON, YAML or properties of an Airbyte source-postgres, a Debezium PostgreSQL connector or a Fivetran connection."));
        ImportedSettings settings = ImportedSettings.of(foreign);
        if (output.json()) {
            program.terminal().out().println(Json.text(Map.of("product", foreign.product().name(), "settings", settings.yaml(), "notes", settings.notes())));
            return ExitCode.OK.number();
        }
        program.terminal().out().print("# From the configuration of %s.%n".formatted(foreign.product().title()) + settings.yaml());
        settings.notes().forEach(note -> program.terminal().err().println("! " + note));
        return ExitCode.OK.number();
    }

    private String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Fault(FaultKind.SETTINGS_INVALID, file.toString(), "File %s cannot be read.".formatted(file), "Correct the path, or its permissions.", e);
        }
    }
}
