package dev.millrace.core.copy;

import dev.millrace.core.shape.Shape;
import java.util.List;

/// How a table's first copy is read: fixed when the copy begins, remembered by the destination, and the same after a restart.
///
/// @param shape the shape at the beginning; rows arrive in it even after a restart
/// @param fingerprint the storage that the ranges speak of (`relfilenode` of each relation) and the columns and key that they read; where
///     it differs later, the table was rewritten or altered, and its copy begins anew
/// @param ranges cover the table; the last range of a relation is open-ended, so rows that are added meanwhile are in it
/// @param estimatedRows PostgreSQL's estimate, for progress; -1 where it has none
public record CopyPlan(Shape shape, String fingerprint, List<CopyRange> ranges, long estimatedRows) {

    /// Keeps its own copy of the list.
    public CopyPlan {
        ranges = List.copyOf(ranges);
    }
}
