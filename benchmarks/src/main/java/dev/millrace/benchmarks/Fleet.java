package dev.millrace.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.server.Fields;
import dev.millrace.server.Home;
import dev.millrace.server.Server;
import dev.millrace.server.ServerSettings;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Actor;
import dev.millrace.server.run.Backoff;
import dev.millrace.server.run.RunRecord;
import dev.millrace.server.run.RunRecord.Status;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.StateAddress;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Gatherers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// The command that measures many connections on one server, each synced every minute.
@Command(name = "fleet", mixinStandardHelpOptions = true, description = "Measures a server with many connections that are synced every minute, each table of which changes.")
final class Fleet implements Callable<Integer> {

    private static final Duration BEAT = Duration.ofSeconds(10);

    @Option(names = "--connections", defaultValue = "50", description = "connections, each of a database of its own (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--tables", defaultValue = "20", description = "tables of each (default: ${DEFAULT-VALUE})")
    private int tables;

    @Option(names = "--minutes", defaultValue = "5", description = "how long it is watched after the first copies (default: ${DEFAULT-VALUE})")
    private int minutes;

    @Option(names = "--data", defaultValue = "target/benchmarks", description = "folder for the server's data (default: ${DEFAULT-VALUE})")
    private Path data = Path.of("target", "benchmarks");

    @Override
    public Integer call() throws Exception {
        try (BenchmarkServer source = BenchmarkServer.start(data.resolve("server"));
                Server server = Server.start(settings(FreshFolder.make(data.resolve("fleet"))), InstantSource.system())) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                makeSource(source, "fleet_" + i);
                ids.add(connect(server, source, "fleet_" + i));
            }
            awaitFirstCopies(server, ids);
            watch(server, source, ids);
        }
        return 0;
    }

    private static ServerSettings settings(Path folder) {
        return new ServerSettings(
                new Home(folder.toAbsolutePath()),
                new StateAddress.InFile(folder.resolve("state.sqlite").toAbsolutePath()),
                "127.0.0.1",
                0,
                "bench",
                4 * Runtime.getRuntime().availableProcessors(),
                Backoff.usual(),
                ServerSettings.CALLS_PER_HOUR,
                Optional.of("millrace_metadata"),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                _ -> Optional.empty());
    }

    private void makeSource(BenchmarkServer source, String database) throws SQLException {
        source.replaceDatabase(database);
        try (Connection session = source.session(database); Statement statement = session.createStatement()) {
            for (int table = 0; table < tables; table++) {
                statement.execute("CREATE TABLE t%d (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)".formatted(table));
                statement.execute("INSERT INTO t%d (note) SELECT md5(i::text) FROM generate_series(1, 1000) i".formatted(table));
            }
            statement.execute("CREATE PUBLICATION pub FOR ALL TABLES");
        }
        source.makeSlot(database, database);
    }

    private static String connect(Server server, BenchmarkServer source, String database) {
        Actor actor = Actor.system();
        Group group = server.plane().groups().make(database, actor.id());
        server.plane()
                .destinations()
                .add(new DestinationRecord(group.id(), "duckdb", "here", "0", Json.object(), DestinationRecord.SetupStatus.CONNECTED, Instant.now()));
        ObjectNode body = Json.object().put("group_id", group.id()).put("service", "postgres").put("sync_frequency", 1);
        body.putObject("config")
                .put("schema_prefix", database)
                .put("host", "127.0.0.1")
                .put("port", source.port())
                .put("database", database)
                .put("user", "postgres")
                .put("password", "none")
                .put("replication_slot", database)
                .put("publication_name", "pub");
        return server.plane().setup().create(new Fields(body), actor).id();
    }

    private static void awaitFirstCopies(Server server, List<String> ids) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!ids.stream().allMatch(id -> server.plane().connections().standing(id).succeeded().isPresent())) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Not every connection was copied within ten minutes");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private void watch(Server server, BenchmarkServer source, List<String> ids) throws SQLException {
        Instant began = Instant.now();
        ServerCpu sourceBefore = source.cpu();
        long ownBefore = ownCpuNanos();
        while (Instant.now().isBefore(began.plus(Duration.ofMinutes(minutes)))) {
            for (int i = 0; i < connections; i++) {
                change(source, "fleet_" + i);
            }
            LockSupport.parkNanos(BEAT.toNanos());
        }
        double seconds = Duration.between(began, Instant.now()).toMillis() / 1_000.0;
        double own = (ownCpuNanos() - ownBefore) / 1e9 / seconds;
        double others = source.cpu().since(sourceBefore) / seconds;
        report(server, ids, began, own, others);
    }

    private void change(BenchmarkServer source, String database) throws SQLException {
        try (Connection session = source.session(database); Statement statement = session.createStatement()) {
            for (int table = 0; table < tables; table++) {
                statement.addBatch("INSERT INTO t%d (note) VALUES ('new')".formatted(table));
            }
            statement.executeBatch();
        }
    }

    private void report(Server server, List<String> ids, Instant began, double own, double others) {
        int runs = 0;
        int failed = 0;
        Duration longestGap = Duration.ZERO;
        List<Long> took = new ArrayList<>();
        for (String id : ids) {
            List<RunRecord> all = server.plane().runs().last(id, 1_000).stream().filter(run -> run.started().isAfter(began) && run.ended().isPresent()).toList();
            runs += all.size();
            failed += Math.toIntExact(all.stream().filter(run -> run.status() != Status.SUCCESSFUL).count());
            all.forEach(run -> took.add(Duration.between(run.started(), run.ended().orElseThrow()).toMillis()));
            List<Instant> starts = all.stream().map(RunRecord::started).sorted().toList();
            longestGap = starts.stream()
                    .gather(Gatherers.windowSliding(2))
                    .filter(pair -> pair.size() == 2)
                    .map(pair -> Duration.between(pair.getFirst(), pair.getLast()))
                    .reduce(longestGap, (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
        took.sort(null);
        System.out.printf("%d connections of %d tables, synced every minute, %d rows changed each ten seconds; watched for %d minutes%n%n", connections, tables, connections * tables, minutes);
        System.out.println("| what | measured | asked |\n| --- | --- | --- |");
        System.out.printf("| runs a connection and minute | %.2f | 1 |%n", (double) runs / ids.size() / minutes);
        System.out.printf("| runs that failed | %d | 0 |%n", failed);
        System.out.printf("| longest time between two starts of a connection | %.1f s | 60 s |%n", longestGap.toMillis() / 1_000.0);
        System.out.printf("| a run takes, median and longest | %d ms, %d ms | |%n", took.get(took.size() / 2), took.getLast());
        System.out.printf("| processors that the server uses | %.2f | 2 with PostgreSQL's |%n", own);
        System.out.printf("| processors that PostgreSQL uses | %.2f | |%n", others);
        System.out.printf("| heap after a collection | %d MB | 512 MB |%n", usedHeap() >> 20);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long ownCpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
