package dev.millrace.cli;

import dev.millrace.cli.holder.HolderAddress;
import dev.millrace.cli.holder.HolderClient;
import dev.millrace.core.check.Outcome;
import dev.millrace.worker.Wiring;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace check`: the setup tests.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Asks the source everything that a run would find out: login, slot, settings, publication, speed, rights. "
                + "Each test says what is so and what to do. Nothing is changed.")
final class CheckCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The settings file.")
    private @Nullable Path file;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public CheckCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        return check(connection.wiring(file, program, output.json()), program, output.json()).number();
    }

    /// Asks and prints.
    static ExitCode check(Wiring wiring, Program program, boolean json) {
        SetupText text = new SetupText(program.terminal(), json);
        Outcome outcome = wiring.setupTests(() -> HolderClient.find(HolderAddress.of(wiring.file())).isPresent()).ask(text::add);
        text.end(outcome);
        return outcome == Outcome.FAILED ? ExitCode.FINDING : ExitCode.OK;
    }
}
