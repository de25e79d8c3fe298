package dev.millrace.cli;

import dev.millrace.cli.plan.ApiClient;
import dev.millrace.cli.plan.PlannedServer;
import dev.millrace.server.plan.Plan;
import dev.millrace.server.plan.Step;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace apply`: makes a server as a folder says.
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Makes a server as a folder of settings files says (GROUP/CONNECTION.yaml). Shows what it does; a second time there is nothing to do.")
final class ApplyCommand implements Callable<Integer> {

    private final Program program;

    @Mixin
    private final PlanOptions options = new PlanOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ApplyCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (ApiClient api = options.server().client(program)) {
            PlannedServer planned = new PlannedServer(api);
            Plan plan = options.plan(planned, program);
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
