package dev.millrace.benchmarks.warehouse;

import dev.millrace.benchmarks.sync.OneSync;
import dev.millrace.destination.postgres.PostgresDestination;
import dev.millrace.destination.postgres.PostgresSettings;
import dev.millrace.postgres.session.PostgresEndpoint;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
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
        return OneSync.endpoint(port, database);
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
        return new OneSync(endpoint(source), slot, PUBLICATION, folder)
                .into(() -> PostgresDestination.open(endpoint(target), "the warehouse", "bench", PostgresSettings.defaults(), InstantSource.system()))
                .seconds();
    }

    static double seconds(long begun) {
        return (double) (System.nanoTime() - begun) / TimeUnit.SECONDS.toNanos(1);
    }
}
