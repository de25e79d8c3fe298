package dev.millrace.benchmarks;

import dev.millrace.benchmarks.warehouse.CatchUp;
import dev.millrace.benchmarks.warehouse.FirstCopy;
import dev.millrace.benchmarks.warehouse.Warehouse;
import dev.millrace.benchmarks.workload.ChangeMix;
import dev.millrace.benchmarks.workload.Lineitem;
import dev.millrace.benchmarks.workload.Orders;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command that measures PostgreSQL as a destination, beside its own COPY and its own logical replication.
@Command(name = "to-postgres", mixinStandardHelpOptions = true, description = "Measures a PostgreSQL destination beside COPY to COPY and a subscription.")
final class ToPostgres implements Callable<Integer> {

    private static final String COPY_DATABASE = "bench_copy";
    private static final String LOG_DATABASE = "bench_log";

    @Option(names = "--rows", defaultValue = "6000000", description = "rows of the table that is copied (default: ${DEFAULT-VALUE})")
    private long rows;

    @Option(names = "--changes", defaultValue = "1400000", description = "row changes in the log, 35 in a transaction (default: ${DEFAULT-VALUE})")
    private long changes;

    @Option(names = "--rounds", defaultValue = "3", description = "how often each is measured (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--data", defaultValue = "target/benchmarks", description = "folder for the server's data (default: ${DEFAULT-VALUE})")
    private Path data = Path.of("target", "benchmarks");

    @Override
    public Integer call() throws Exception {
        try (BenchmarkServer server = BenchmarkServer.start(data.resolve("server"))) {
            System.out.printf("%,d rows, %,d changes, PostgreSQL %s at both ends, medians of %d rounds%n%n", rows, changes, server.version(), rounds);
            System.out.println("| what | Millrace | PostgreSQL | ratio of speed |\n| --- | --- | --- | --- |");
            copy(server);
            log(server);
        }
        return 0;
    }

    private void copy(BenchmarkServer server) throws Exception {
        server.ensureDatabase(COPY_DATABASE);
        server.dropSlots(COPY_DATABASE);
        try (Connection session = server.session(COPY_DATABASE)) {
            new Lineitem(rows).make(session);
        }
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        List<Double> withKey = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Warehouse warehouse = anew(server, COPY_DATABASE, "bench_warehouse", round);
            server.makeSlot(COPY_DATABASE, warehouse.slot());
            FirstCopy copy = new FirstCopy(warehouse);
            ours.add(copy.byMillrace());
            server.dropSlots(COPY_DATABASE);
            theirs.add(copy.byCopy());
            withKey.add(theirs.getLast() + copy.key());
        }
        print("first copy, COPY out to COPY in of the same table, with the key that Millrace makes", ours, withKey);
        print("first copy, COPY out to COPY in without a key", ours, theirs);
    }

    private void log(BenchmarkServer server) throws Exception {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            server.replaceDatabase(LOG_DATABASE);
            Orders orders = new Orders(ChangeMix.of(changes));
            try (Connection session = server.session(LOG_DATABASE)) {
                orders.make(session);
                Warehouse warehouse = anew(server, LOG_DATABASE, "bench_warehouse", round);
                server.makeSlot(LOG_DATABASE, warehouse.slot());
                CatchUp catchUp = new CatchUp(warehouse, orders);
                catchUp.prepare(session);
                orders.change(session);
                ours.add(catchUp.byMillrace());
                theirs.add(catchUp.bySubscription(session));
                catchUp.clear();
            }
            server.dropSlots(LOG_DATABASE);
        }
        print("catching up with the log, a subscription to the same changes", ours, theirs);
    }

    private Warehouse anew(BenchmarkServer server, String source, String target, int round) throws Exception {
        server.replaceDatabase(target);
        return new Warehouse(server.port(), source, target, "bench_to_postgres_" + round, FreshFolder.make(data.resolve("to-postgres")));
    }

    private static void print(String what, List<Double> ours, List<Double> theirs) {
        double mine = median(ours);
        double other = median(theirs);
        System.out.printf(Locale.ROOT, "| %s | %.2f s | %.2f s | %.2f |%n", what, mine, other, other / mine);
    }

    private static double median(List<Double> seconds) {
        List<Double> sorted = new ArrayList<>(seconds);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
