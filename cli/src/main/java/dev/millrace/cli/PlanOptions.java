package dev.millrace.cli;

import dev.millrace.cli.plan.PlanFolder;
import dev.millrace.cli.plan.PlannedServer;
import dev.millrace.server.plan.Plan;
import dev.millrace.server.plan.PlanFile;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What a plan is made of: a folder, a server, and how far it goes.
public final class PlanOptions {

    @Parameters(paramLabel = "FOLDER", description = "The folder.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--with-secrets", description = "Also for connections that are there: what their secrets are now cannot be seen.")
    private boolean withSecrets;

    @Option(names = "--prune", description = "Also remove connections of these groups that the folder does not name.")
    private boolean prune;

    /// Which server.
    ServerOptions server() {
        return server;
    }

    /// Reads the folder and compares it with the server.
    ///
    /// @throws SettingsRefused if files of it cannot be used
    Plan plan(PlannedServer planned, Program program) {
        PlanFolder.Read read = new PlanFolder(folder, program.environment()).read();
        if (!read.problems().isEmpty()) {
            throw new SettingsRefused(read.problems());
        }
        return Plan.of(read.files(), planned.present(read.files().stream().map(PlanFile::group).distinct().toList()), withSecrets, prune);
    }
}
