package dev.millrace.benchmarks;

import dev.millrace.benchmarks.sync.OneSync;
import dev.millrace.benchmarks.sync.OneSync.Spent;
import dev.millrace.benchmarks.workload.Lineitem;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.run.Limits;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.destination.iceberg.IcebergDestination;
import dev.millrace.destination.iceberg.IcebergSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command that measures the first copy into tables of Iceberg, beside the same into a DuckDB file.
@Command(name = "to-iceberg", mixinStandardHelpOptions = true, description = "Measures the first copy into Iceberg beside that into DuckDB.")
final class ToIceberg implements Callable<Integer> {

    private static final String DATABASE = "bench_copy";
    private static final String PUBLICATION = "bench";

    @Option(names = "--rows", defaultValue = "6000000", description = "rows of the table that is copied (default: ${DEFAULT-VALUE})")
    private long rows;

    @Option(names = "--rounds", defaultValue = "3", description = "how often each is measured, after a round that is not (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--data", defaultValue = "target/benchmarks", description = "folder for the server's data (default: ${DEFAULT-VALUE})")
    private Path data = Path.of("target", "benchmarks");

    @Override
    public Integer call() throws Exception {
        try (BenchmarkServer server = BenchmarkServer.start(data.resolve("server"))) {
            server.ensureDatabase(DATABASE);
            server.dropSlots(DATABASE);
            try (Connection session = server.session(DATABASE)) {
                new Lineitem(rows).make(session);
            }
            List<Spent> duck = new ArrayList<>();
            List<Spent> lake = new ArrayList<>();
            String files = "";
            for (int round = 0; round <= rounds; round++) {
                Path folder = FreshFolder.make(data.resolve("to-iceberg"));
                Spent intoDuck = copy(server, round, folder, Limits.defaults(), () -> DuckDestination.open(
                        folder.resolve("copy.duckdb"), "bench", DuckSettings.defaults(), InstantSource.system()));
                Spent intoLake = copy(server, round, folder, Limits.defaults().withCopyRangeBlocks(Limits.BLOCKS_OF_A_FILE), () -> IcebergDestination.open(
                        IcebergSettings.local(folder.resolve("lake")), "bench", InstantSource.system()));
                files = sizes(folder.resolve("lake"));
                // The first round is the JVM's warming up.
                if (round > 0) {
                    duck.add(intoDuck);
                    lake.add(intoLake);
                }
            }
            System.out.printf("%,d rows of lineitem's shape, PostgreSQL %s, medians of %d rounds%n%n", rows, server.version(), rounds);
            System.out.println("| first copy into | seconds | CPU seconds | rows a CPU second |\n| --- | ---: | ---: | ---: |");
            print("DuckDB", duck);
            print("Iceberg", lake);
            double ratio = median(lake, this::speed) / median(duck, this::speed);
            System.out.printf(Locale.ROOT, "%nrows a CPU second, Iceberg / DuckDB: %.2f; %s%n", ratio, files);
        }
        return 0;
    }

    private Spent copy(BenchmarkServer server, int round, Path folder, Limits limits, Supplier<Destination> place) throws Exception {
        String slot = "bench_to_iceberg_" + round;
        server.makeSlot(DATABASE, slot);
        Spent spent = new OneSync(OneSync.endpoint(server.port(), DATABASE), slot, PUBLICATION, folder, limits).into(place);
        server.dropSlots(DATABASE);
        if (spent.summary().rowsCopied() != rows) {
            throw new IllegalStateException("Invalid measurement: %,d rows were copied".formatted(spent.summary().rowsCopied()));
        }
        return spent;
    }

    private double speed(Spent spent) {
        return rows / spent.cpuSeconds();
    }

    private void print(String what, List<Spent> all) {
        System.out.printf(
                Locale.ROOT, "| %s | %.2f | %.2f | %,.0f |%n",
                what, median(all, Spent::seconds), median(all, Spent::cpuSeconds), median(all, this::speed));
    }

    private static double median(List<Spent> all, ToDoubleFunction<Spent> part) {
        return all.stream().mapToDouble(part).sorted().toArray()[all.size() / 2];
    }

    /// How large the files with the rows are.
    private static String sizes(Path lake) throws IOException {
        try (Stream<Path> all = Files.walk(lake)) {
            List<Long> bytes = new ArrayList<>();
            for (Path file : all.filter(file -> file.toString().contains("lineitem") && file.toString().endsWith(".parquet")).toList()) {
                bytes.add(Files.size(file));
            }
            return "files of %s MB".formatted(bytes.stream().sorted().map(size -> Long.toString(size / 1_000_000)).toList());
        }
    }
}
