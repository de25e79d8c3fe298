package dev.millrace.cli;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.server.ServerLock;
import dev.millrace.server.secret.KeyRotation;
import dev.millrace.server.state.State;
import dev.millrace.vault.Vault;
import dev.millrace.worker.settings.VaultKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace server rotate-key`: another key for the secrets.
@Command(
        name = "rotate-key",
        mixinStandardHelpOptions = true,
        description = "Makes a new key in the server's key file and seals every secret with it. The server must be stopped. Earlier keys stay in the file, for backups.")
final class ServerRotateKeyCommand implements Callable<Integer> {

    private final Program program;

    @Mixin
    private final ServerFolder folder = new ServerFolder();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ServerRotateKeyCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        for (String variable : List.of(VaultKey.VARIABLE, VaultKey.COMMAND_VARIABLE)) {
            if (program.environment().get(variable).isPresent()) {
                throw new Fault(
                        FaultKind.SETTINGS_INVALID,
                        variable,
                        "The key is given by the variable %s, which this command cannot change, so nothing was sealed anew.".formatted(variable),
                        "Put it into a file with mode 600, name that in MILLRACE_KEY_FILE, and run this again; then give what the file holds where it was before.");
            }
        }
        Path file = program.environment().get(VaultKey.FILE_VARIABLE).map(Path::of).orElseGet(folder.home()::key);
        int sealed;
        try (ServerLock _ = ServerLock.take(folder.home()); State state = State.open(folder.state())) {
            sealed = new KeyRotation(state, Vault.renew(file)).run();
        }
        program.terminal().out().println(output.json()
                ? Json.text(Map.of("file", file.toString(), "sealed", sealed))
                : "%s has a new key, and the secrets of %d connections and webhooks are sealed with it.".formatted(file, sealed));
        return ExitCode.OK.number();
    }
}
