package dev.millrace.destination.duckdb;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fold.KeyedFold;
import dev.millrace.core.fold.KeyedHistoryFold;
import dev.millrace.core.fold.MultisetFold;
import dev.millrace.core.fold.MultisetHistoryFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.merge.UnfitValues;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/// Brings changes to a table, inside the caller's transaction.
///
/// The table must have every column of the changes' shape already, wide enough for its type. Throws [UnfitValues] if a value needs a
/// wider one, and [MissingRow] if the table lacks a row that a change builds on; the transaction is then of no use.
final class Merge {

    /// The SQL expression of the end of an open version.
    static final String OPEN_END = time(Destination.OPEN_END);

    private final DuckSession session;
    private final SystemColumns system;
    private final String synced;
    /// By table, the transaction that the latest changes which were brought to its history belong to: the next ones may, too.
    private final Map<TableName, Long> latestXids = new HashMap<>();

    Merge(DuckSession session, SystemColumns system, Instant now) {
        this.session = session;
        this.system = system;
        this.synced = time(now);
    }

    /// The SQL expression of a time.
    static String time(Instant time) {
        return "make_timestamptz(%d)".formatted(Transaction.micros(time));
    }

    /// Brings changes of one shape, in order, to the table.
    ///
    /// @param skipped names the transactions that the table has already
    void apply(TargetTable target, List<TableChanges> changes, LongPredicate skipped) {
        Shape shape = changes.getFirst().shape();
        session.rows().changing(target);
        if (system.modeOf(target.columns().keySet()) == SyncMode.HISTORY) {
            applyToHistory(target, changes, skipped);
        } else if (shape.isKeyed()) {
            KeyedFold fold = new KeyedFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            checkOrphans(shape, fold.orphans());
            new KeyedMerge(session, system, synced, target, fold).run();
        } else {
            MultisetFold fold = new MultisetFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            new MultisetMerge(session, system, synced, target, fold).run();
        }
    }

    private void applyToHistory(TargetTable target, List<TableChanges> changes, LongPredicate skipped) {
        Shape shape = changes.getFirst().shape();
        if (shape.isKeyed()) {
            KeyedHistoryFold fold = new KeyedHistoryFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            checkOrphans(shape, fold.orphans());
            KeyedHistory history = new KeyedHistory(session, system, synced, target, shape);
            history.happen(fold, latestXids.getOrDefault(shape.table(), -1L));
            latestXids.put(shape.table(), fold.latestXid());
        } else {
            MultisetHistoryFold fold = new MultisetHistoryFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            new MultisetHistory(session, system, synced, target, fold).run();
        }
    }

    /// A row that comes back into a filter may have changed outside, in a value that its update leaves out.
    private static void checkOrphans(Shape shape, int orphans) {
        if (orphans > 0 && !shape.filter().isEmpty()) {
            throw new MissingRow(shape.table(), orphans);
        }
    }

    /// Ends every live row.
    static void truncate(DuckSession session, SystemColumns system, String synced, TargetTable target) {
        session.rows().takeAll(session, target);
        if (system.modeOf(target.columns().keySet()) == SyncMode.LIVE) {
            session.run("DELETE FROM " + target.sql());
            return;
        }
        session.run("UPDATE %s SET %s = true, %s = %s WHERE NOT %2$s"
                .formatted(target.sql(), system.quotedDeleted(), system.quotedSynced(), synced));
    }

    /// The statement that ends every open version of a history.
    ///
    /// @param at microseconds since 1970
    /// @param shortest how many microseconds a version lasts at the least
    static String truncation(SystemColumns system, String synced, TargetTable target, long at, int shortest) {
        return "UPDATE %s SET %s = make_timestamptz(greatest(epoch_us(%s) + %d, %d)), %s = false, %s = %s WHERE %6$s"
                .formatted(
                        target.sql(),
                        system.quotedEnd(),
                        system.quotedStart(),
                        shortest,
                        at,
                        system.quotedActive(),
                        system.quotedSynced(),
                        synced);
    }

    /// The SQL expression of the time that rows are stamped with.
    String synced() {
        return synced;
    }
}
