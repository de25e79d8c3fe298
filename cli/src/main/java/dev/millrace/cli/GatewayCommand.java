package dev.millrace.cli;

import dev.millrace.cli.terminal.Interrupts;
import dev.millrace.core.route.Address;
import dev.millrace.route.agent.Gateway;
import dev.millrace.route.agent.GatewayDoor;
import dev.millrace.route.ssh.SshLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace gateway`: what agents dial.
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Listens for agents in networks that cannot be dialled, until Ctrl-C. Syncs on this machine, by the same user, reach databases through them.")
final class GatewayCommand implements Callable<Integer> {

    private final Program program;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "0.0.0.0:7422",
            description = "Where agents dial (default: 0.0.0.0:7422, all addresses of this machine).")
    private String listen = "";

    @Mixin
    private final GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public GatewayCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Interrupts.then(stopped::countDown);
        try (Gateway open = Gateway.open(gateway.registry(), gateway.hostKey(program).key().pair(), address(), SshLimits.defaults());
                GatewayDoor _ = GatewayDoor.open(gateway.folder(), open)) {
            print(open);
            stopped.await();
        }
        return ExitCode.OK.number();
    }

    private Address address() {
        return ListenAddress.parse("--listen", listen);
    }

    private void print(Gateway open) {
        if (output.json()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("event", "listening");
            facts.put("address", address().toString());
            facts.put("host_key", open.fingerprint());
            program.terminal().out().println(Json.text(facts));
            return;
        }
        program.terminal().out().println("Listening for agents at %s. Host key: %s".formatted(address(), open.fingerprint()));
    }
}
