package dev.millrace.cli;

import dev.millrace.cli.plan.ApiClient;
import dev.millrace.cli.plan.PlannedServer;
import dev.millrace.server.plan.Plan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace plan`: what would have to be done.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Shows what `apply` would do so that a server is as a folder of settings files says (GROUP/CONNECTION.yaml). Changes nothing. Ends with 1 if there is something to do.")
final class PlanCommand implements Callable<Integer> {

    private final Program program;

    @Mixin
    private final PlanOptions options = new PlanOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public PlanCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (ApiClient api = options.server().client(program)) {
            Plan plan = options.plan(new PlannedServer(api), program);
            new PlanText(program.terminal().out(), output.json()).print(plan);
            return (plan.steps().isEmpty() ? ExitCode.OK : ExitCode.FINDING).number();
        }
    }
}
