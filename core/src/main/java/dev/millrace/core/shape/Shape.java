package dev.millrace.core.shape;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Columns, types and key of a table at one moment.
///
/// Holds only the columns that are copied: those that the user may read and has not excluded, in the table's order. Generated
/// columns that the log does not carry are not among them.
///
/// @param table whose shape it is
/// @param columns in the table's order; names are unique
/// @param identity how its rows are told apart
public record Shape(TableName table, List<Column> columns, RowIdentity identity) {

    /// Checks the names and the key's places, and keeps its own copy of the list.
    public Shape {
        columns = List.copyOf(columns);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("Invalid shape of %s: column %s stands twice".formatted(table, column.name()));
            }
        }
        if (identity instanceof RowIdentity.Keyed(List<Integer> places)) {
            for (int place : places) {
                if (place < 0 || place >= columns.size()) {
                    throw new IllegalArgumentException(
                            "Invalid key of %s: place %d (must be below %d)".formatted(table, place, columns.size()));
                }
            }
        }
    }

    /// The places of the key's columns; empty for a table without a key.
    public List<Integer> keyPlaces() {
        return switch (identity) {
            case RowIdentity.Keyed(List<Integer> places) -> places;
            case RowIdentity.WholeRow() -> List.of();
        };
    }

    /// Whether rows are told apart by a key.
    public boolean isKeyed() {
        return identity instanceof RowIdentity.Keyed;
    }
}
