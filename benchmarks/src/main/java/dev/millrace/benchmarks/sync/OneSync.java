package dev.millrace.benchmarks.sync;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.Limits;
import dev.millrace.core.run.ModeChoice;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A sync of everything that the log of a database has now, in soft delete mode.
///
/// @param source the database
/// @param slot its replication slot
/// @param publication of the tables
/// @param folder for temporary files
/// @param limits of the run
public record OneSync(PostgresEndpoint source, String slot, String publication, Path folder, Limits limits) {

    /// With the limits that users get.
    public OneSync(PostgresEndpoint source, String slot, String publication, Path folder) {
        this(source, slot, publication, folder, Limits.defaults());
    }

    /// What a sync took, from opening the destination to closing it.
    ///
    /// @param cpuSeconds of this process
    public record Spent(RunSummary summary, double seconds, double cpuSeconds) {}

    /// A database of a server on this machine, as the user who may everything.
    public static PostgresEndpoint endpoint(int port, String database) {
        return new PostgresEndpoint("127.0.0.1", port, database, "postgres", Secret.of(""), Map.of());
    }

    /// Syncs into a destination, which is opened and closed here.
    public Spent into(Supplier<? extends Destination> place) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long begun = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        RunSummary summary;
        try (Destination destination = place.get();
                PostgresSource from = new PostgresSource(
                        source,
                        new PostgresSourceSettings(new Following.Log(slot, publication), Selection.everything(), destination.salt(), folder.resolve("spool"), limits))) {
            summary = new SyncRun(from, destination, ModeChoice.always(SyncMode.SOFT_DELETE), limits, _ -> {}).run(Goal.UP_TO_NOW);
        }
        return new Spent(summary, seconds(System.nanoTime() - begun), seconds(system.getProcessCpuTime() - cpu));
    }

    private static double seconds(long nanos) {
        return (double) nanos / TimeUnit.SECONDS.toNanos(1);
    }
}
