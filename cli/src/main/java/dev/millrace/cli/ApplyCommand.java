package dev.millrace.cli;

import dev.millrace.cli.plan.ApiClient;
import dev.millrace.cli.plan.PlannedServer;
import dev.millrace.server.plan.Plan;
import dev.millrace.server.plan.Step;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace apply`: makes a server as a folder says.
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Makes a server as a folder of settings files says (GROUP/CONNECTION.yaml). Shows what it does; a second time there is nothing to do.")
final class ApplyCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(paramLabel = "FOLDER", description = "The folder.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--with-secrets", description = "Also send the secrets of connections that are there: what they are now cannot be seen.")
    private boolean withSecrets;

    @Option(names = "--prune", description = "Also remove connections of these groups that the folder does not name.")
    private boolean prune;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ApplyCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (ApiClient api = server.client(program)) {
            PlannedServer planned = new PlannedServer(api);
            Plan plan = PlanCommand.plan(planned, folder, program, withSecrets, prune);
            PlanText text = new PlanText(program.terminal().out(), output.json());
            for (Step step : plan.steps()) {
                planned.carryOut(step);
                text.done(step);
            }
            text.end(plan);
            return ExitCode.OK.number();
        }
    }
}
