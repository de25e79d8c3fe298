package dev.millrace.destination.postgres;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fold.KeyedFold;
import dev.millrace.core.fold.KeyedHistoryFold;
import dev.millrace.core.fold.MultisetFold;
import dev.millrace.core.fold.MultisetHistoryFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.TargetTypes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/// Brings changes to a table, inside the caller's transaction.
///
/// The table must have every column of the changes' shape already, wide enough for its type. Throws
/// [dev.millrace.core.merge.UnfitValues] if a value needs a wider one, and [MissingRow] if the table lacks a row that a change builds on; the
/// transaction is then of no use.
final class Merge {

    private final TargetSession session;
    private final Stages stages;
    private final TargetTypes types;
    private final SystemColumns system;
    private final String synced;
    /// By table, the transaction that the latest changes which were brought to its history belong to: the next ones may, too.
    private final Map<TableName, Long> latestXids = new HashMap<>();

    Merge(TargetSession session, Stages stages, TargetTypes types, SystemColumns system, Instant now) {
        this.session = session;
        this.stages = stages;
        this.types = types;
        this.system = system;
        this.synced = Times.of(now);
    }

    /// Brings changes of one shape, in order, to the table.
    ///
    /// @param skipped names the transactions that the table has already
    void apply(TargetTable target, List<TableChanges> changes, LongPredicate skipped) {
        Shape shape = changes.getFirst().shape();
        if (system.modeOf(target.columns().keySet()) == SyncMode.HISTORY) {
            applyToHistory(target, changes, skipped);
        } else if (shape.isKeyed()) {
            KeyedFold fold = new KeyedFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            checkOrphans(shape, fold.orphans());
            new KeyedMerge(this, target, fold).run();
        } else {
            MultisetFold fold = new MultisetFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            new MultisetMerge(this, target, fold).run();
        }
    }

    private void applyToHistory(TargetTable target, List<TableChanges> changes, LongPredicate skipped) {
        Shape shape = changes.getFirst().shape();
        if (shape.isKeyed()) {
            KeyedHistoryFold fold = new KeyedHistoryFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            checkOrphans(shape, fold.orphans());
            new KeyedHistory(this, target, shape).happen(fold, latestXids.getOrDefault(shape.table(), -1L));
            latestXids.put(shape.table(), fold.latestXid());
        } else {
            MultisetHistoryFold fold = new MultisetHistoryFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            new MultisetHistory(this, target, shape).run(fold);
        }
    }

    /// A row that comes back into a filter may have changed outside, in a value that its update leaves out.
    private static void checkOrphans(Shape shape, int orphans) {
        if (orphans > 0 && !shape.filter().isEmpty()) {
            throw new MissingRow(shape.table(), orphans);
        }
    }

    /// Ends every live row of a table that keeps no history.
    void truncate(TargetTable target) {
        if (system.modeOf(target.columns().keySet()) == SyncMode.LIVE) {
            session.run("DELETE FROM " + target.sql());
            return;
        }
        session.run("UPDATE " + target.sql() + " SET " + system.quotedDeleted() + " = true, " + system.quotedSynced() + " = " + synced + " WHERE NOT "
                + system.quotedDeleted());
    }

    /// The statement that ends open versions of a history.
    ///
    /// @param at microseconds since 1970
    /// @param shortest how many microseconds a version lasts at the least
    /// @param which a further condition on the versions `t`
    String truncation(TargetTable target, long at, int shortest, String which) {
        return "UPDATE " + target.sql() + " t SET " + system.quotedEnd() + " = greatest(t." + system.quotedStart() + " + interval '" + shortest
                + " microseconds', " + Times.ofMicros(at) + "), " + system.quotedActive() + " = false, " + system.quotedSynced() + " = " + synced
                + " WHERE t." + system.quotedActive() + which;
    }

    /// The session of the transaction.
    TargetSession session() {
        return session;
    }

    /// The session's temporary tables.
    Stages stages() {
        return stages;
    }

    /// The server's types.
    TargetTypes types() {
        return types;
    }

    /// The names of our own columns.
    SystemColumns system() {
        return system;
    }

    /// The SQL expression of the time that rows are stamped with.
    String synced() {
        return synced;
    }
}
