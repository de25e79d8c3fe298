package dev.millrace.source.wal;

import dev.millrace.core.shape.Shape;
import dev.millrace.source.filter.RowSieve;
import dev.millrace.source.pgoutput.ColumnMask;
import org.jspecify.annotations.Nullable;

/// What a relation's number means at this point of the log.
sealed interface Relation {

    /// Its changes are passed on.
    ///
    /// @param columns how many fields its tuples have in the log
    /// @param mask drops those that the shape has not, and hashes those that are hashed; null if they are passed on as they come
    /// @param sieve keeps the changes of rows that pass the shape's filter; null if it has none
    record Followed(Shape shape, int columns, @Nullable ColumnMask mask, @Nullable RowSieve sieve) implements Relation {}

    /// Its changes are passed over.
    record Skipped() implements Relation {}
}
