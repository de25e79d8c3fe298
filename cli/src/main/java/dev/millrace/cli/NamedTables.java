package dev.millrace.cli;

import dev.millrace.core.shape.TableName;
import dev.millrace.worker.Wiring;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// A connection and tables of it, as they are typed behind `resync` and `verify`.
final class NamedTables {

    @Parameters(
            arity = "0..*",
            paramLabel = "[FILE] [TABLE...]",
            description = "The settings file, and tables as schema.table; none for all.")
    private List<String> parameters = List.of();

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    /// The connection of the settings file, or of the flags if they say everything; to be closed by the caller.
    ///
    /// @throws SettingsRefused if the settings cannot be used
    Wiring wiring(Program program, boolean quiet) {
        return connection.wiring(hasFile() ? Path.of(parameters.getFirst()) : null, program, quiet);
    }

    /// The tables; empty for all.
    ///
    /// @throws SettingsRefused if one of the words is no table's name
    List<TableName> tables() {
        return parameters.stream().skip(hasFile() ? 1 : 0).map(TableArgument::read).toList();
    }

    private boolean hasFile() {
        return !connection.given() && !parameters.isEmpty();
    }
}
