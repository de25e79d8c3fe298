package dev.millrace.source.snapshot;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds out what a snapshot sees that is taken on a standby. Belongs to one thread.
///
/// A standby has no processes that run transactions, only a list of those that its log has begun and not ended. Its snapshots are made from
/// that list and are right, but `pg_current_snapshot()` shows none of it: only the bounds are to be had, and a transaction between them
/// that was in progress would be taken for one that was seen, and its rows be lost when the log brings them.
///
/// So each id between the bounds is asked for by `txid_status` immediately before the snapshot is taken and immediately after. One that
/// is in progress after it was in progress at it; one that had ended before it had ended at it. If there is one that ended in between, nobody
/// knows, and another snapshot is taken. An id that had ended once is not asked for again, so a transaction that has been open for days
/// does not make it slow. (From the minor versions of August 2022 on, `txid_status` goes by the same list as snapshots do; before, a
/// transaction counts as ended a few microseconds early.) Ids of subtransactions have a status of their own; the list holds those too,
/// which is no harm, since nobody asks for them.
///
/// @see <a href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT">Transaction ID functions</a>
final class StandbySnapshot {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration REPLAY_PATIENCE = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = 1_000_000;
    private static final String IN_PROGRESS = """
            SELECT txid_snapshot_xmin(s), txid_snapshot_xmax(s), array(
                SELECT id FROM (SELECT unnest('{%s}'::bigint[]) UNION ALL
                                SELECT generate_series(greatest(%d, txid_snapshot_xmin(s)), txid_snapshot_xmax(s) - 1)) AS ids (id)
                WHERE id >= txid_snapshot_xmin(s) AND txid_status(id) = 'in progress')%s
            FROM (SELECT txid_current_snapshot() AS s) AS here""";

    /// What is known of ids at one moment.
    ///
    /// @param xmin every id below has ended
    /// @param xmax every id from here on had not ended
    /// @param running of the ids between, those that had not
    private record Known(long xmin, long xmax, long[] running) {

        static Known nothing() {
            return new Known(0, 0, new long[0]);
        }

        static Known read(ResultSet row) throws SQLException {
            long[] running = Arrays.stream((Long[]) row.getArray(3).getArray()).mapToLong(Long::longValue).sorted().toArray();
            return new Known(row.getLong(1), row.getLong(2), running);
        }

        boolean hasEnded(long id) {
            return id < xmax && Arrays.binarySearch(running, id) < 0;
        }

        /// Whether nothing that `later` says has ended did so since.
        boolean saysTheSameAs(Known later) {
            long sinceThen = later.xmax - Math.max(xmax, later.xmin);
            long runningOfThose = Arrays.stream(later.running).filter(id -> id >= xmax).count();
            return (sinceThen <= 0 || runningOfThose == sinceThen)
                    && Arrays.stream(running).filter(id -> id >= later.xmin && id < later.xmax).noneMatch(later::hasEnded);
        }

        /// The query that knows what ids are worth asking for.
        String query(String furtherColumns) {
            String asked = Arrays.stream(running).mapToObj(Long::toString).collect(Collectors.joining(","));
            return IN_PROGRESS.formatted(asked, xmax, furtherColumns);
        }
    }

    /// Up to where the log was replayed, and up to where it has come; null where it does not come by streaming.
    private record Replay(Lsn replayed, @Nullable Lsn received) {

        boolean isThroughWithAll() {
            return replayed.equals(received);
        }
    }

    private final Statement statement;

    StandbySnapshot(Statement statement) {
        this.statement = statement;
    }

    HeldSnapshot begin() throws SQLException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        // The first look may take long, where a transaction is open since many others; the following ones have little to ask for.
        Known known = known(statement.executeQuery(Known.nothing().query("")));
        while (true) {
            // All in one message to the server, so that as little as can be happens in between.
            statement.execute("BEGIN; %s; COMMIT; %s; %s".formatted(known.query(""), HeldSnapshot.BEGIN,
                    known.query(", pg_export_snapshot()")));
            statement.getMoreResults();
            Known before = known(statement.getResultSet());
            statement.getMoreResults();
            statement.getMoreResults();
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                Known after = Known.read(row);
                if (before.saysTheSameAs(after)) {
                    String id = row.getString(4);
                    TransactionSnapshot snapshot = new TransactionSnapshot(after.xmin, after.xmax, after.running);
                    Instant takenAt = HeldSnapshot.now(statement);
                    return new HeldSnapshot(id, snapshot, readAt().beforePageHeader(), takenAt);
                }
                known = after;
            }
            statement.execute("ROLLBACK");
            if (System.nanoTime() > end) {
                throw tooBusy();
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static Known known(ResultSet rows) throws SQLException {
        try (rows) {
            rows.next();
            return Known.read(rows);
        }
    }

    /// A place behind the commits of all that the snapshot sees.
    private Lsn readAt() throws SQLException {
        Lsn readAt = replayedBehind();
        // A server that was promoted in the meantime replays nothing any more, and may have taken the snapshot as a primary.
        return HeldSnapshot.isStandby(statement) ? readAt : HeldSnapshot.logEnd(statement);
    }

    /// While a commit is replayed it is seen a moment before it counts as replayed; so the place is taken only when the record that was being
    /// replayed is behind it.
    private Lsn replayedBehind() throws SQLException {
        long end = System.nanoTime() + REPLAY_PATIENCE.toNanos();
        Replay first = replay();
        Replay latest = first;
        while (!latest.isThroughWithAll() && !first.replayed.isBefore(latest.replayed)) {
            if (System.nanoTime() > end) {
                // Replay stands still. What has come is behind whatever is being replayed, but may lie far behind it.
                return latest.received == null ? latest.replayed : Lsn.max(latest.received, latest.replayed);
            }
            LockSupport.parkNanos(LOOK_NANOS);
            latest = replay();
        }
        return latest.replayed;
    }

    /// What was replayed is asked for first: so if no more has come when that is asked for, nothing was being replayed then.
    private Replay replay() throws SQLException {
        Lsn replayed = lsn("pg_last_wal_replay_lsn()");
        return new Replay(Objects.requireNonNullElse(replayed, Lsn.ZERO), lsn("pg_last_wal_receive_lsn()"));
    }

    private @Nullable Lsn lsn(String function) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT %s::text".formatted(function))) {
            row.next();
            String lsn = row.getString(1);
            return lsn == null ? null : Lsn.parse(lsn);
        }
    }

    private Fault tooBusy() {
        return new Fault(
                FaultKind.SOURCE_BUSY,
                "snapshot",
                "For %d seconds transactions ended at the standby so fast that it could not be found out which of them a snapshot sees, so nothing can be copied exactly."
                        .formatted(PATIENCE.toSeconds()),
                "Run again at a quieter time, or copy from the primary.");
    }
}
