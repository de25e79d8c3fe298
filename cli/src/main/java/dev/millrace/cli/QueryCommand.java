package dev.millrace.cli;

import dev.millrace.cli.terminal.Interrupts;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.Desks;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace query`: reads the copy, also while it is being synced.
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = "Reads the copy with SQL, also while it is being synced. What it sees is a state that the source had.")
final class QueryCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(arity = "1..2", paramLabel = "[FILE] SQL", description = "The settings file, and one SQL statement that reads.")
    private List<String> parameters = List.of();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Show at most N rows (default 1000); --json gives all.")
    private int rowsMax;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec;

    /// Made with the program that it is a command of.
    @SuppressWarnings("NullAway.Init")
    public QueryCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        boolean file = !connection.given();
        if (parameters.size() != (file ? 2 : 1)) {
            throw new ParameterException(
                    spec.commandLine(), file ? "Name the settings file and one SQL statement." : "Give one SQL statement and no file.");
        }
        StopSignal stop = new StopSignal();
        Interrupts.then(stop::give);
        QueryOutput rows = output.json() ? new JsonRows(program.terminal().out()) : new TextRows(program.terminal(), rowsMax, stop);
        try (Wiring wiring = connection.wiring(file ? Path.of(parameters.getFirst()) : null, program, output.json())) {
            Desks.ask(wiring, _ -> {}, desk -> desk.query(parameters.getLast(), rows, stop));
        }
        rows.end();
        return (stop.isGiven() && !rows.isFull() ? ExitCode.STOPPED : ExitCode.OK).number();
    }
}
