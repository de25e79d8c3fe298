package dev.millrace.cli;

import dev.millrace.cli.demo.DemoFolder;
import dev.millrace.cli.demo.DemoPage;
import dev.millrace.cli.demo.SampleShop;
import dev.millrace.cli.demo.ShopTraffic;
import dev.millrace.cli.terminal.Interrupts;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import dev.millrace.localpostgres.LocalServer;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.HolderAddress;
import dev.millrace.worker.holder.HolderClient;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace demo`: a source, a copy and live traffic on this machine.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts a PostgreSQL server with a sample shop under live traffic, copies it into a DuckDB file, and follows it. "
                + "A second start goes on where the first one was; delete the folder to begin anew.")
final class DemoCommand implements Callable<Integer> {

    private static final long TRAFFIC_SEED = 20_260_101;
    private static final Duration TRAFFIC_PAUSE = Duration.ofMillis(120);

    private final Program program;

    @Option(names = "--folder", paramLabel = "PATH", defaultValue = "demo", description = "Where everything is kept (default: demo).")
    private Path folder = Path.of("demo");

    @Option(
            names = "--once",
            description = "Without a person: copy, follow the traffic for some seconds, verify, and end.")
    private boolean once;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "10", description = "With --once: how long to follow (default: 10).")
    private int seconds;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public DemoCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() throws SQLException {
        DemoFolder demo = new DemoFolder(folder);
        refuseSecond(demo);
        say("Starting PostgreSQL in %s ...".formatted(folder.resolve("postgres")));
        try (LocalServer server = demo.server()) {
            server.start();
            SampleShop shop = new SampleShop(server::jdbcUrl, demo.owner());
            make(shop, demo.replicator());
            demo.writeSettings(server.port());
            try (Wiring wiring = new ConnectionOptions().wiring(demo.settings(), program, output.json());
                    ShopTraffic traffic = ShopTraffic.start(shop, new Random(TRAFFIC_SEED), TRAFFIC_PAUSE);
                    HeldSync held = HeldSync.open(wiring)) {
                Interrupts.then(held.sync()::stop);
                DemoRun run = new DemoRun(program.terminal(), output.json(), demo, wiring, held.sync(), traffic);
                if (once) {
                    return run.once(Duration.ofSeconds(seconds)).number();
                }
                try (DemoPage page = DemoPage.open(demo, shop, server.port())) {
                    return run.live(page.link()).number();
                }
            }
        }
    }

    private void refuseSecond(DemoFolder demo) {
        if (HolderClient.find(HolderAddress.of(demo.warehouse())).isPresent()) {
            throw new Fault(
                    FaultKind.DESTINATION_HELD,
                    folder.toString(),
                    "A demo is running in %s already, so this one was not started.".formatted(folder),
                    "Look at that one: `%s status %s`. Or name another folder with --folder."
                            .formatted(DemoRun.command(), demo.settings()));
        }
    }

    private void make(SampleShop shop, Secret replicator) throws SQLException {
        say("Opening the sample shop (about 300,000 rows; made at the first start) ...");
        shop.makeIfMissing(replicator);
    }

    private void say(String line) {
        program.terminal().err().println(line);
    }
}
