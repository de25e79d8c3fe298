package dev.millrace.core.merge;

import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Brings one batch to the tables, inside the caller's transaction: merged, kept for later, or dropped, as each table's state asks for.
///
/// @param <T> a table of the destination
public final class BatchWrite<T> {

    private final Map<TableName, TableMemory> known;
    private final ChangedTables<T> tables;
    private final Map<TableName, FittedTable<T>> fitted = new LinkedHashMap<>();
    private final Map<TableName, List<TableChanges>> groups = new LinkedHashMap<>();
    private final Set<TableName> reshaped = new TreeSet<>();

    /// Begins a batch.
    ///
    /// @param known what is remembered of the tables
    public BatchWrite(Map<TableName, TableMemory> known, ChangedTables<T> tables) {
        this.known = known;
        this.tables = tables;
    }

    /// Brings the changes of one piece.
    public void add(Piece piece) {
        for (TableChanges changes : piece.changes()) {
            TableName table = changes.shape().table();
            TableMemory memory = known.get(table);
            if (memory == null || changes.count() == 0) {
                continue;
            }
            switch (memory.state()) {
                case COPYING, CATCHING_UP -> tables.keep(changes);
                case STREAMING -> group(table, memory, changes);
            }
        }
        List.copyOf(groups.keySet()).forEach(this::flush);
    }

    private void group(TableName table, TableMemory memory, TableChanges changes) {
        List<TableChanges> group = groups.computeIfAbsent(table, _ -> new ArrayList<>());
        if (!group.isEmpty() && !group.getFirst().shape().equals(changes.shape())) {
            flush(table);
            group = groups.computeIfAbsent(table, _ -> new ArrayList<>());
        }
        fit(table, memory, changes.shape());
        group.add(changes);
    }

    /// Makes the table fit before the first change of a shape.
    private void fit(TableName table, TableMemory memory, Shape logged) {
        FittedTable<T> before = fitted.computeIfAbsent(table, name -> tables.find(name, memory));
        Shape shape = logged.recognize(before.shape());
        boolean isFirstOfWider = tables.mustWiden(table) && !reshaped.contains(table);
        if (before.shape().equals(shape) && !isFirstOfWider) {
            return;
        }
        fitted.put(table, new FittedTable<>(tables.fit(before.target(), before.shape(), shape), shape));
        reshaped.add(table);
        tables.setShape(shape);
    }

    private void flush(TableName table) {
        List<TableChanges> group = groups.remove(table);
        FittedTable<T> target = fitted.get(table);
        if (group != null && target != null) {
            tables.merge(target.target(), group, _ -> false);
        }
    }

    /// The tables that were written, as they are now.
    public Map<TableName, FittedTable<T>> fitted() {
        return fitted;
    }
}
