package dev.millrace.destination.postgres;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.merge.ChangedTables;
import dev.millrace.core.merge.FittedTable;
import dev.millrace.core.merge.TextColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongPredicate;

/// How changes come to tables of the destination, inside the owner's transaction.
///
/// @param finder finds a published table
record PostgresTables(
        TargetSession session,
        PostgresMemory memory,
        Reshaping reshaping,
        TextColumns asText,
        Merge merger,
        BiFunction<TableName, TableMemory, FittedTable<TargetTable>> finder)
        implements ChangedTables<TargetTable> {

    @Override
    public FittedTable<TargetTable> find(TableName table, TableMemory known) {
        return finder.apply(table, known);
    }

    @Override
    public TargetTable fit(TargetTable target, Shape before, Shape shape) {
        return reshaping.fit(target, before, shape);
    }

    @Override
    public boolean mustWiden(TableName table) {
        return asText.concern(table);
    }

    @Override
    public void setShape(Shape shape) {
        memory.setShape(session, shape);
    }

    @Override
    public void keep(TableChanges changes) {
        memory.addPending(session, changes);
    }

    @Override
    public void merge(TargetTable target, List<TableChanges> changes, LongPredicate skipped) {
        merger.apply(target, changes, skipped);
    }
}
