package dev.millrace.cli;

import dev.millrace.route.agent.AgentRegistry;
import dev.millrace.route.key.KeyFolder;
import dev.millrace.worker.settings.VaultKey;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which gateway a command is about.
public final class GatewayOptions {

    @Option(names = "--folder", paramLabel = "PATH", description = "Where the gateway keeps its files (default: ~/.millrace/gateway).")
    private @Nullable Path folder;

    /// The gateway's folder.
    Path folder() {
        return (folder == null ? VaultKey.home().resolve("gateway") : folder).toAbsolutePath().normalize();
    }

    /// Its agents.
    AgentRegistry registry() {
        return new AgentRegistry(folder(), InstantSource.system());
    }

    /// Its host key.
    KeyFolder hostKey(Program program) {
        return new KeyFolder(
                folder().resolve("host"),
                VaultKey.of(program.environment())::vault,
                "Delete the folder to have a new one made, and put its fingerprint into each agent's configuration.");
    }
}
