package dev.millrace.cli;

import dev.millrace.cli.terminal.Interrupts;
import dev.millrace.route.agent.Agent;
import dev.millrace.route.agent.AgentConfiguration;
import dev.millrace.route.ssh.SshLimits;
import dev.millrace.worker.settings.AgentFile;
import dev.millrace.worker.settings.SettingProblem;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace agent`: runs in the network of a database and dials out.
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = "Runs in the database's network: dials the gateway, and connects to the hosts that its configuration allows, until Ctrl-C. "
                + "It dials again whenever the session ends.")
final class AgentCommand implements Callable<Integer> {

    private final Program program;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The agent's configuration.")
    private Path config = Path.of("");

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public AgentCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        AgentConfiguration configuration =
                switch (new AgentFile(program.environment()).read(config)) {
                    case AgentFile.Reading.Understood(AgentConfiguration understood) -> understood;
                    case AgentFile.Reading.Refused(List<SettingProblem> problems) -> throw new SettingsRefused(problems);
                };
        try (Agent agent = new Agent(configuration, Version.number(), SshLimits.defaults(), Agent.Backoff.defaults(), this::say)) {
            Interrupts.then(agent::close);
            agent.run();
        }
        return ExitCode.OK.number();
    }

    private void say(String line) {
        if (output.json()) {
            program.terminal().out().println(Json.text(Map.of("at", now(), "message", line)));
        } else {
            program.terminal().err().println(now() + " " + line);
        }
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
