package dev.millrace.benchmarks.warehouse;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.Limits;
import dev.millrace.core.run.ModeChoice;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.source.Selection;
import dev.millrace.destination.postgres.PostgresDestination;
import dev.millrace.destination.postgres.PostgresSettings;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Two databases of one server, from one of which the other is filled.
///
/// @param source the one's name
/// @param target the other's
/// @param slot of the source
/// @param folder for temporary files
public record Warehouse(int port, String source, String target, String slot, Path folder) {

    private static final String PUBLICATION = "bench";

    private PostgresEndpoint endpoint(String database) {
        return new PostgresEndpoint("127.0.0.1", port, database, "postgres", Secret.of(""), Map.of());
    }

    Connection sourceSession() throws SQLException {
        return endpoint(source).open();
    }

    Connection targetSession() throws SQLException {
        return endpoint(target).open();
    }

    /// Runs a statement at the target.
    void run(String sql) throws SQLException {
        try (Connection session = targetSession();
                Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Syncs until the target has everything that the log has now; returns how long it took, from opening to closing, in seconds.
    double sync() {
        long begun = System.nanoTime();
        Limits limits = Limits.defaults();
        try (PostgresDestination destination = PostgresDestination.open(
                        endpoint(target), "the warehouse", "bench", PostgresSettings.defaults(), InstantSource.system());
                PostgresSource from = new PostgresSource(
                        endpoint(source),
                        new PostgresSourceSettings(
                                new Following.Log(slot, PUBLICATION), Selection.everything(), destination.salt(), folder.resolve("spool"), limits))) {
            new SyncRun(from, destination, ModeChoice.always(SyncMode.SOFT_DELETE), limits, _ -> {}).run(Goal.UP_TO_NOW);
        }
        return seconds(begun);
    }

    static double seconds(long begun) {
        return (double) (System.nanoTime() - begun) / TimeUnit.SECONDS.toNanos(1);
    }
}
