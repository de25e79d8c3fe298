package dev.millrace.destination.duckdb;

import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/// Brings one batch to the tables, inside the caller's transaction: merged, kept for later, or dropped, as each table's state asks for.
final class BatchWrite {

    private final DuckSession session;
    private final DuckMemory memory;
    private final Map<TableName, TableMemory> tables;
    private final Reshaping reshaping;
    private final TextColumns asText;
    private final Merge merge;
    private final BiFunction<TableName, TableMemory, FittedTable> finder;
    private final Map<TableName, FittedTable> fitted = new LinkedHashMap<>();
    private final Map<TableName, List<TableChanges>> groups = new LinkedHashMap<>();
    private final Map<TableName, Shape> shapes = new LinkedHashMap<>();
    private long nextPending = -1;

    /// Begins a batch.
    ///
    /// @param finder finds a published table
    BatchWrite(
            DuckSession session,
            DuckMemory memory,
            Map<TableName, TableMemory> tables,
            Reshaping reshaping,
            TextColumns asText,
            Merge merge,
            BiFunction<TableName, TableMemory, FittedTable> finder) {
        this.session = session;
        this.memory = memory;
        this.tables = tables;
        this.reshaping = reshaping;
        this.asText = asText;
        this.merge = merge;
        this.finder = finder;
    }

    /// Brings the changes of one piece.
    void add(Piece piece) {
        for (TableChanges changes : piece.changes()) {
            TableName table = changes.shape().table();
            TableMemory known = tables.get(table);
            if (known == null || changes.count() == 0) {
                continue;
            }
            switch (known.state()) {
                case COPYING, CATCHING_UP -> keep(changes);
                case STREAMING -> group(table, known, changes);
            }
        }
        List.copyOf(groups.keySet()).forEach(this::flush);
    }

    private void keep(TableChanges changes) {
        if (nextPending < 0) {
            nextPending = memory.nextPending(session);
        }
        memory.addPending(session, changes, nextPending++);
    }

    private void group(TableName table, TableMemory known, TableChanges changes) {
        List<TableChanges> group = groups.computeIfAbsent(table, _ -> new ArrayList<>());
        if (!group.isEmpty() && !group.getFirst().shape().equals(changes.shape())) {
            flush(table);
            group = groups.computeIfAbsent(table, _ -> new ArrayList<>());
        }
        fit(table, known, changes.shape());
        group.add(changes);
    }

    /// Makes the table fit before the first change of a shape.
    private void fit(TableName table, TableMemory known, Shape logged) {
        FittedTable before = fitted.computeIfAbsent(table, name -> finder.apply(name, known));
        Shape shape = logged.recognize(before.shape());
        boolean isFirstOfText = asText.concern(table) && !shapes.containsKey(table);
        if (before.shape().equals(shape) && !isFirstOfText) {
            return;
        }
        TargetTable target = reshaping.fit(before.target(), before.shape(), shape);
        fitted.put(table, new FittedTable(target, shape));
        shapes.put(table, shape);
        memory.setShape(session, shape);
    }

    private void flush(TableName table) {
        List<TableChanges> group = groups.remove(table);
        FittedTable target = fitted.get(table);
        if (group != null && target != null) {
            merge.apply(target.target(), group, _ -> false);
        }
    }

    /// The tables that were written, as they are now.
    Map<TableName, FittedTable> fitted() {
        return fitted;
    }

    /// A table that has every column of a shape, wide enough.
    record FittedTable(TargetTable target, Shape shape) {}
}
