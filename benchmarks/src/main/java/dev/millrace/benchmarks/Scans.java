package dev.millrace.benchmarks;

import dev.millrace.benchmarks.scan.ScanCosts;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command that measures looks at tables, for the ways of following that have no log.
@Command(name = "scans", mixinStandardHelpOptions = true, description = "Measures XMIN and TELEPORT beside statements of the server.")
final class Scans implements Callable<Integer> {

    @Option(names = "--rows", defaultValue = "10000000", description = "rows of the table (default: ${DEFAULT-VALUE})")
    private long rows;

    @Option(names = "--rounds", defaultValue = "5", description = "how often each pair is measured (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--data", defaultValue = "target/benchmarks", description = "folder for the server's data (default: ${DEFAULT-VALUE})")
    private Path data = Path.of("target", "benchmarks");

    @Override
    public Integer call() throws Exception {
        try (BenchmarkServer server = BenchmarkServer.start(data.resolve("server"))) {
            server.replaceDatabase("scans");
            try (Connection session = server.session("scans")) {
                ScanCosts costs = new ScanCosts(server.port(), "scans", session, FreshFolder.make(data.resolve("scans")), rows, rounds);
                System.out.printf("%,d rows, PostgreSQL %s, medians of %d rounds%n%n", rows, server.version(), rounds);
                System.out.println("| what | measured | asked |\n| --- | --- | --- |");
                costs.measure().forEach(cost -> System.out.printf("| %s | %.3f %s | %s |%n", cost.what(), cost.figure(), cost.unit(), cost.asked()));
            }
        }
        return 0;
    }
}
