package dev.millrace.core.merge;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/// Folds what was kept beside a copy into it, inside the caller's transaction, except what every range's snapshot saw.
///
/// @param <T> a table of the destination
public final class PendingChanges<T> {

    /// How many bytes are folded at a time: what bounds the memory of it.
    private static final long FOLD_BYTES = 32L << 20;

    private final ChangedTables<T> tables;

    /// Folds into some tables.
    public PendingChanges(ChangedTables<T> tables) {
        this.tables = tables;
    }

    /// Changes that are kept.
    ///
    /// @param number orders them
    /// @param bytes their packed size
    public record Kept(long number, long bytes) {}

    /// Folds them in.
    ///
    /// @param target the copy, fit for the shape that is remembered
    /// @param known what is remembered of the table
    /// @param kept in order
    /// @param read reads some by number
    /// @return the copy as it is then, and its latest shape
    public FittedTable<T> foldInto(T target, TableMemory known, List<Kept> kept, LongFunction<TableChanges> read) {
        LongPredicate seen = xid -> known.finished().values().stream()
                .allMatch(range -> range.snapshot().sees(xid));
        List<TableChanges> group = new ArrayList<>();
        T copy = target;
        Shape shape = known.shape();
        Shape logged = shape;
        long bytes = 0;
        for (Kept next : kept) {
            TableChanges changes = read.apply(next.number());
            if (!changes.hasOthers(seen)) {
                // Its shape may be one that the table had before that of the copy.
                continue;
            }
            boolean reshaped = !changes.shape().equals(logged);
            if (!group.isEmpty() && (reshaped || bytes + next.bytes() > FOLD_BYTES)) {
                tables.merge(copy, group, seen);
                group.clear();
                bytes = 0;
            }
            if (reshaped) {
                logged = changes.shape();
                Shape later = logged.recognize(shape);
                copy = tables.fit(copy, shape, later);
                shape = later;
            }
            group.add(changes);
            bytes += next.bytes();
        }
        if (!group.isEmpty()) {
            tables.merge(copy, group, seen);
        }
        return new FittedTable<>(copy, shape);
    }
}
