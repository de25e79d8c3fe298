package dev.millrace.cli;

import dev.millrace.cli.plan.ApiClient;
import dev.millrace.cli.plan.PlanFolder;
import dev.millrace.cli.plan.PlannedServer;
import dev.millrace.server.plan.Plan;
import dev.millrace.server.plan.PlanFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace plan`: what would have to be done.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Shows what `apply` would do so that a server is as a folder of settings files says (GROUP/CONNECTION.yaml). Changes nothing. Ends with 1 if there is something to do.")
final class PlanCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(paramLabel = "FOLDER", description = "The folder.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--with-secrets", description = "Also for connections that are there: what their secrets are now cannot be seen.")
    private boolean withSecrets;

    @Option(names = "--prune", description = "Also remove connections of these groups that the folder does not name.")
    private boolean prune;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public PlanCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (ApiClient api = server.client(program)) {
            Plan plan = plan(new PlannedServer(api), folder, program, withSecrets, prune);
            new PlanText(program.terminal().out(), output.json()).print(plan);
            return (plan.steps().isEmpty() ? ExitCode.OK : ExitCode.FINDING).number();
        }
    }

    /// Reads a folder and compares it with a server.
    static Plan plan(PlannedServer planned, Path folder, Program program, boolean withSecrets, boolean prune) {
        PlanFolder.Read read = new PlanFolder(folder, program.environment()).read();
        if (!read.problems().isEmpty()) {
            throw new SettingsRefused(read.problems());
        }
        return Plan.of(read.files(), planned.present(read.files().stream().map(PlanFile::group).distinct().toList()), withSecrets, prune);
    }
}
