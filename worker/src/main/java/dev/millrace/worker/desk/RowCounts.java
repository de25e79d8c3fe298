package dev.millrace.worker.desk;

import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.Wiring;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts the live rows of tables in the copy, as far as that is quickly done.
final class RowCounts {

    private static final Logger LOG = LoggerFactory.getLogger(RowCounts.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Connection session;
    private final Wiring wiring;
    private final long end = System.nanoTime() + PATIENCE.toNanos();

    /// @param session of the destination; stays the caller's
    RowCounts(Connection session, Wiring wiring) {
        this.session = session;
        this.wiring = wiring;
    }

    /// The live rows of a published table now; those that are remembered if counting takes too long.
    long live(TableName table, TableMemory known) {
        long left = end - System.nanoTime();
        if (left <= 0) {
            return known.rows();
        }
        try (Statement statement = session.createStatement()) {
            CompletableFuture<Void> late = CompletableFuture.runAsync(
                    () -> cancel(statement), CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS));
            String sql = "SELECT count(*) FROM %s WHERE %s"
                    .formatted(known.names().table().quoted(), wiring.isLive(known.mode()));
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            } finally {
                late.cancel(false);
            }
        } catch (SQLException e) {
            LOG.debug("table={} counted=false", table, e);
            return known.rows();
        }
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            LOG.debug("cancelled=false", e);
        }
    }
}
