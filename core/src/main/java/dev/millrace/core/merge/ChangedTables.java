package dev.millrace.core.merge;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.List;
import java.util.function.LongPredicate;

/// The tables of a destination, inside a transaction of the caller's.
///
/// @param <T> a table of the destination, with the columns that it has now
public interface ChangedTables<T> {

    /// The published table.
    FittedTable<T> find(TableName table, TableMemory known);

    /// Makes a table fit for a shape: columns are added, renamed and widened, never taken away or narrowed.
    ///
    /// @param before the shape that it was fit for
    /// @return the table as it is then
    T fit(T target, Shape before, Shape shape);

    /// Whether columns of the table must be made wider than its shape asks for.
    boolean mustWiden(TableName table);

    /// Remembers the latest shape of a table.
    void setShape(Shape shape);

    /// Keeps changes for a table that is being copied.
    void keep(TableChanges changes);

    /// Brings changes of one shape, in order, to a table that is fit for it.
    ///
    /// @param skipped names the transactions that the table has already
    void merge(T target, List<TableChanges> changes, LongPredicate skipped);
}
