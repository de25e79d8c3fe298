package dev.millrace.cli;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.route.key.KeyFolder;
import dev.millrace.route.key.KeyType;
import dev.millrace.worker.Ways;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.settings.SourceSettings.Way;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace keys`: the public key that a tunnel host has to accept.
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "Prints the public key by which Millrace logs in to the tunnel host, as a line of authorized_keys; makes the key pair if there is none. "
                + "All connections into one destination have one.")
final class KeysCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(paramLabel = "FILE", description = "The settings file.")
    private Path file = Path.of("");

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "What a new key pair is: ED25519 (default), or RSA with 3072 bits for servers that do not know Ed25519.")
    private @Nullable KeyType type;

    @Option(names = "--renew", description = "Make a new key pair in place of the old one; the tunnel hosts have to accept it before the next run.")
    private boolean renew;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public KeysCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (Wiring wiring = new ConnectionOptions().wiring(file, program, output.json())) {
            if (!(wiring.settings().source().way() instanceof Way.SshTunnel tunnel)) {
                throw new Fault(
                        FaultKind.SETTINGS_INVALID,
                        file.toString(),
                        "The connection in %s goes through no SSH tunnel, so it needs no key.".formatted(file),
                        "Give `source.tunnel_host` and `source.tunnel_user` if it shall.");
            }
            KeyFolder keys = Ways.keys(wiring.settings(), tunnel);
            KeyType fresh = type == null ? KeyType.ED25519 : type;
            String line = renew
                    ? keys.renew(fresh).authorizedKeysLine()
                    : keys.authorizedKeysLine().orElseGet(() -> keys.make(fresh).authorizedKeysLine());
            if (type != null && !type.has(line)) {
                throw new Fault(
                        FaultKind.SETTINGS_INVALID,
                        keys.folder().toString(),
                        "There is a key pair of another type than %s in %s, and it is kept.".formatted(type, keys.folder()),
                        "Add --renew to make a new one in its place; the tunnel hosts have to accept it before the next run. Or leave out --type.");
            }
            print(line, tunnel);
            return ExitCode.OK.number();
        }
    }

    private void print(String line, Way.SshTunnel tunnel) {
        if (output.json()) {
            program.terminal().out().println(Json.text(Map.of("public_key", line)));
            return;
        }
        program.terminal().out().println(line);
        program.terminal().err().println("Add this line to ~%s/.ssh/authorized_keys at %s (the folder with mode 700, the file with 600)."
                .formatted(tunnel.user(), tunnel.host()));
    }
}
