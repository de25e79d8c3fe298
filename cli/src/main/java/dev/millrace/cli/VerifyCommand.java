package dev.millrace.cli;

import dev.millrace.cli.terminal.Interrupts;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.Desks;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace verify`: compares the copy with its source.
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Compares source and copy as of one moment, every row by checksum, and names what differs. "
                + "If no sync goes on, it brings the copy up to that moment itself.")
final class VerifyCommand implements Callable<Integer> {

    private final Program program;

    @Mixin
    private final NamedTables named = new NamedTables();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public VerifyCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        List<TableName> tables = named.tables();
        StopSignal stop = new StopSignal();
        Interrupts.then(stop::give);
        FindingsText text = new FindingsText(program.terminal(), output.json());
        try (Wiring wiring = named.wiring(program, output.json())) {
            Desks.ask(wiring, _ -> {}, desk -> desk.verify(tables, text::add, stop));
        }
        if (stop.isGiven()) {
            return ExitCode.STOPPED.number();
        }
        return (text.end(tables) ? ExitCode.OK : ExitCode.FINDING).number();
    }
}
