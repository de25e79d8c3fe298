package dev.millrace.cli;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.server.state.State;
import dev.millrace.server.state.StateAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace server backup`: copies the state of a server that may be at work.
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = "Copies the server's state into a file, also while the server is at work. The key that its secrets are sealed with is not in it: keep that elsewhere.")
final class ServerBackupCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(paramLabel = "FILE", description = "The backup; must not exist.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    private final ServerFolder folder = new ServerFolder();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ServerBackupCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        if (folder.state() instanceof StateAddress.InFile(Path there) && !Files.exists(there)) {
            throw new Fault(
                    FaultKind.STATE_UNUSABLE, there.toString(), "There is no state in %s, so nothing was copied.".formatted(there), "Name the server's folder: --home.");
        }
        try (State state = State.open(folder.state())) {
            state.backUp(file);
        }
        program.terminal().out().println(output.json() ? Json.text(Map.of("file", file.toString())) : "Copied to %s. Keep the key apart from it.".formatted(file));
        return ExitCode.OK.number();
    }
}
