package dev.millrace.destination.duckdb;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.fold.KeyedFold;
import dev.millrace.core.fold.MultisetFold;
import dev.millrace.core.shape.Shape;
import java.time.Instant;
import java.util.List;
import java.util.function.LongPredicate;

/// Brings changes to a table, inside the caller's transaction.
///
/// The table must have every column of the changes' shape already, wide enough for its type. Throws [UnfitValues] if a value needs a
/// wider one, and [MissingRow] if the table lacks a row that a change builds on; the transaction is then of no use.
final class Merge {

    private final DuckSession session;
    private final SystemColumns system;
    private final String synced;

    Merge(DuckSession session, SystemColumns system, Instant now) {
        this.session = session;
        this.system = system;
        this.synced = synced(now);
    }

    /// The SQL expression of a time.
    static String synced(Instant now) {
        long micros = Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000L), now.getNano() / 1000);
        return "make_timestamptz(%d)".formatted(micros);
    }

    /// Brings changes of one shape, in order, to the table.
    ///
    /// @param skipped names the transactions that the table has already
    void apply(TargetTable target, List<TableChanges> changes, LongPredicate skipped) {
        Shape shape = changes.getFirst().shape();
        if (shape.isKeyed()) {
            KeyedFold fold = new KeyedFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            new KeyedMerge(session, system, synced, target, fold).run();
        } else {
            MultisetFold fold = new MultisetFold(shape);
            changes.forEach(some -> fold.add(some, skipped));
            new MultisetMerge(session, system, synced, target, fold).run();
        }
    }

    /// Marks every live row deleted.
    static void truncate(DuckSession session, SystemColumns system, String synced, TargetTable target) {
        session.run("UPDATE %s SET %s = true, %s = %s WHERE NOT %2$s"
                .formatted(target.sql(), system.quotedDeleted(), system.quotedSynced(), synced));
    }

    /// The SQL expression of the time that rows are stamped with.
    String synced() {
        return synced;
    }
}
