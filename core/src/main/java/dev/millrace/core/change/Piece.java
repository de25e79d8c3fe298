package dev.millrace.core.change;

import java.util.List;

/// A part of a batch that fits in memory: changes of several tables.
///
/// The order of the list matters where a table stands in it more than once, because its shape changed in between; the order
/// between different tables does not.
///
/// @param changes each of one table and one shape
public record Piece(List<TableChanges> changes) {

    /// Keeps its own copy of the list.
    public Piece {
        changes = List.copyOf(changes);
    }
}
