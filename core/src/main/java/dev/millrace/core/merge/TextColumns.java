package dev.millrace.core.merge;

import dev.millrace.core.shape.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The columns that turned out, during one step, to need text for some of their values. Grows until the step succeeds.
public final class TextColumns {

    private final Map<TableName, Set<String>> columns = new HashMap<>();

    /// Adds the columns of some values; false if all were there before, so that trying again would change nothing.
    public boolean add(UnfitValues values) {
        return columns.computeIfAbsent(values.table(), _ -> new HashSet<>()).addAll(values.counts().keySet());
    }

    /// Whether a column of the source's table is among them.
    public boolean contains(TableName table, String column) {
        return columns.getOrDefault(table, Set.of()).contains(column);
    }

    /// Whether there are any at all.
    public boolean hasAny() {
        return !columns.isEmpty();
    }

    /// Whether the table has any.
    public boolean concern(TableName table) {
        return columns.containsKey(table);
    }
}
