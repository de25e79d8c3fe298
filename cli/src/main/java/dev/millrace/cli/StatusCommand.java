package dev.millrace.cli;

import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.Desks;
import dev.millrace.worker.holder.StatusReport;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace status`: where everything stands.
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows tables, states, rows, positions, lag, and the WAL that the slot holds at the source.")
final class StatusCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The settings file.")
    private @Nullable Path file;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public StatusCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (Wiring wiring = connection.wiring(file, program, output.json())) {
            Desks.ask(wiring, _ -> {}, desk -> print(desk.status()));
        }
        return ExitCode.OK.number();
    }

    private void print(StatusReport status) {
        if (output.json()) {
            program.terminal().out().println(Json.text(status));
        } else {
            new StatusText(program.terminal(), InstantSource.system()).print(status);
        }
    }
}
