package dev.millrace.core.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What became of a column between two shapes of its table.
///
/// @param kind of change
/// @param column its name, the later one where it was renamed
/// @param was its earlier name; the same unless it was renamed
public record ColumnChange(Kind kind, String column, String was) {

    /// Kinds of change. A column that was renamed and has another type is told twice.
    public enum Kind {
        ADDED,
        DROPPED,
        RENAMED,
        RETYPED
    }

    /// What distinguishes a shape from an earlier one, in the order of its columns; what was dropped comes last.
    public static List<ColumnChange> between(Shape before, Shape after) {
        List<ColumnChange> changes = new ArrayList<>();
        for (Column column : after.columns()) {
            Optional<Column> earlier = Evolution.earlier(before, column);
            if (earlier.isEmpty()) {
                changes.add(new ColumnChange(Kind.ADDED, column.name(), column.name()));
                continue;
            }
            Column was = earlier.get();
            if (!was.name().equals(column.name())) {
                changes.add(new ColumnChange(Kind.RENAMED, column.name(), was.name()));
            }
            if (!was.type().equals(column.type())) {
                changes.add(new ColumnChange(Kind.RETYPED, column.name(), was.name()));
            }
        }
        for (Column was : before.columns()) {
            if (Evolution.earlier(after, was).isEmpty()) {
                changes.add(new ColumnChange(Kind.DROPPED, was.name(), was.name()));
            }
        }
        return changes;
    }
}
