package dev.millrace.cli;

import dev.millrace.cli.desk.Desks;
import dev.millrace.cli.holder.ResyncReport;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.Wiring;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace resync`: asks for new copies.
@Command(
        name = "resync",
        mixinStandardHelpOptions = true,
        description = "Asks for a new copy of tables: begun at once if a sync goes on, by the next one otherwise. "
                + "What is published stays readable until the new copy takes its place.")
final class ResyncCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(
            arity = "0..*",
            paramLabel = "[FILE] [TABLE...]",
            description = "The settings file, and tables as schema.table; none for all.")
    private List<String> parameters = List.of();

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ResyncCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        FileAndTables asked = FileAndTables.of(parameters, connection);
        Wiring wiring = connection.wiring(asked.file(), program, output.json());
        AtomicBoolean unknown = new AtomicBoolean();
        Desks.ask(wiring, _ -> {}, desk -> {
            ResyncReport report = desk.resync(asked.tables());
            unknown.set(!report.unknown().isEmpty());
            print(report);
        });
        return (unknown.get() ? ExitCode.FINDING : ExitCode.OK).number();
    }

    private void print(ResyncReport report) {
        if (output.json()) {
            program.terminal().out().println(Json.text(report));
        } else if (!report.unknown().isEmpty()) {
            program.terminal().err().println("Nothing was asked for, since these are not among the tables of the copy: "
                    + String.join(", ", report.unknown()) + ". `millrace status` names them all.");
        } else {
            program.terminal().out().println("%s: %s".formatted(
                    report.running() ? "Being copied again" : "Will be copied again by the next sync",
                    String.join(", ", report.requested())));
        }
    }

    /// What is typed behind `resync` and `verify`.
    ///
    /// @param file the settings file; null if the flags say everything
    /// @param tables which; empty for all
    record FileAndTables(@Nullable Path file, List<TableName> tables) {

        static FileAndTables of(List<String> parameters, ConnectionOptions connection) {
            boolean file = !connection.given() && !parameters.isEmpty();
            return new FileAndTables(
                    file ? Path.of(parameters.getFirst()) : null,
                    parameters.stream().skip(file ? 1 : 0).map(TableArgument::read).toList());
        }
    }
}
