package dev.millrace.cli;

import dev.millrace.server.Home;
import dev.millrace.server.state.StateAddress;
import dev.millrace.worker.settings.VaultKey;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server's folder and state a command is about.
public final class ServerFolder {

    @Option(names = "--home", paramLabel = "FOLDER", description = "Where the server keeps what is its own (default: ~/.millrace/server).")
    private @Nullable Path home;

    @Option(
            names = "--state",
            paramLabel = "FILE|URL",
            description = "Where it remembers: an SQLite file (default: state.sqlite in --home), or postgresql://USER@HOST:PORT/DATABASE.")
    private @Nullable String state;

    /// The folder.
    Home home() {
        return new Home(Optional.ofNullable(home).orElseGet(() -> VaultKey.home().resolve("server")).toAbsolutePath().normalize());
    }

    /// Where it remembers.
    StateAddress state() {
        return Optional.ofNullable(state).map(StateAddress::parse).orElseGet(() -> new StateAddress.InFile(home().state()));
    }
}
