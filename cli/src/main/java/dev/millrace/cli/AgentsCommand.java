package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.route.agent.AgentRecord;
import dev.millrace.route.agent.NewAgent;
import dev.millrace.worker.progress.Amounts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace agents`: the agents that the gateway knows.
@Command(
        name = "agents",
        mixinStandardHelpOptions = true,
        description = "Makes, lists and removes the agents that the gateway on this machine lets in.")
final class AgentsCommand implements Callable<Integer> {

    private final Program program;

    /// What is done.
    enum Deed {
        LIST,
        CREATE,
        TOKEN,
        REMOVE
    }

    @Parameters(index = "0", paramLabel = "DEED", description = "list, create, token (makes a new one; the old one is refused from then on), or remove.")
    private Deed deed = Deed.LIST;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME|ID", description = "create: what people call it. token, remove: its id.")
    private @Nullable String subject;

    @Option(
            names = "--gateway",
            paramLabel = "HOST:PORT",
            defaultValue = "GATEWAY:7422",
            description = "create, token: how the agent reaches the gateway, for the configuration that is printed.")
    private String address = "";

    @Mixin
    private final GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec;

    /// Made with the program that it is a command of.
    @SuppressWarnings("NullAway.Init")
    public AgentsCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        switch (deed) {
            case LIST -> list(gateway.registry().list());
            case CREATE -> make(gateway.registry()::create, subject("Name the agent, as people call it."));
            case TOKEN -> make(gateway.registry()::renewToken, subject("Name the agent by its id."));
            case REMOVE -> {
                String id = subject("Name the agent by its id.");
                gateway.registry().remove(id);
                say("Agent %s is shut out and forgotten.".formatted(id), Map.of("removed", id));
            }
        }
        return ExitCode.OK.number();
    }

    private String subject(String otherwise) {
        if (subject == null) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
        return subject;
    }

    /// The host key comes first: a token that was made and cannot be shown, since the key cannot be opened, would be lost.
    private void make(Function<String, NewAgent> deed, String named) {
        String hostKey = gateway.hostKey(program).key().fingerprint();
        print(deed.apply(named), hostKey);
    }

    private void print(NewAgent agent, String hostKey) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("agent_id", agent.id());
        facts.put("token", agent.token().reveal());
        facts.put("gateway_host_key", hostKey);
        say("""
                # agent.yaml, for the machine that runs the agent; mode 600. The token is shown this once.
                gateway: %s
                gateway_host_key: %s
                agent_id: %s
                token: %s
                allow:
                  - db.internal:5432"""
                .formatted(Json.text(address), hostKey, agent.id(), agent.token().reveal()), facts);
    }

    private void list(List<AgentRecord> agents) {
        Instant now = Instant.now();
        Terminal terminal = program.terminal();
        if (output.json()) {
            terminal.out().println(Json.text(Map.of("agents", agents.stream().map(agent -> fields(agent, now)).toList())));
            return;
        }
        if (agents.isEmpty()) {
            terminal.out().println("There are none. Make one with `./millrace agents create NAME`.");
        }
        agents.forEach(agent -> terminal.out().println("%s  %s  %s  version %s, %s sessions, %s".formatted(
                agent.id(),
                agent.displayName(),
                agent.isConnected(now)
                        ? "connected"
                        : agent.lastSeen().map(seen -> "last seen " + seen).orElse("never connected"),
                agent.version().orElse("unknown"),
                Amounts.count(agent.sessions()),
                Amounts.bytes(agent.bytes()))));
    }

    private static Map<String, Object> fields(AgentRecord agent, Instant now) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", agent.id());
        fields.put("display_name", agent.displayName());
        fields.put("created", agent.created().toString());
        fields.put("status", agent.isConnected(now) ? "connected" : "not_connected");
        fields.put("version", agent.version().orElse(""));
        fields.put("last_seen", agent.lastSeen().map(Instant::toString).orElse(""));
        fields.put("sessions", agent.sessions());
        fields.put("bytes", agent.bytes());
        return fields;
    }

    private void say(String line, Map<String, Object> facts) {
        program.terminal().out().println(output.json() ? Json.text(facts) : line);
    }
}
