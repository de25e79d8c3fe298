package dev.millrace.source.wal;

import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.value.ValueHash;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// What the catalogue says now about tables of which the log speaks. Asked by the reading thread, which waits for the answer.
///
/// Faults are thrown as [dev.millrace.core.fault.Fault] and end the feed.
public interface TableLookup {

    /// A table that is followed.
    ///
    /// @param shape its columns that are copied, as they are now
    /// @param leftOut whether a column of this name is not to be copied: excluded by the user, unreadable, not to be had from the
    ///     log. A column that is neither in the shape nor left out was dropped or renamed since, and belongs to the rows of its time.
    /// @param hashed what hashes the values of a column of this name; empty for a column that is copied as it is
    record FollowedTable(Shape shape, Predicate<String> leftOut, Function<String, Optional<ValueHash>> hashed) {

        /// A table of which no column is hashed.
        public FollowedTable(Shape shape, Predicate<String> leftOut) {
            this(shape, leftOut, _ -> Optional.empty());
        }
    }

    /// The table as it is now; empty if it is not followed.
    Optional<FollowedTable> find(TableName table);

    /// Whether the log may be asked for in binary, as far as the catalogue now tells: no followed table has a column of a type that
    /// [must be logged as text][dev.millrace.core.shape.WireForm#mustBeLoggedAsText]. What the log brings is checked again.
    default boolean mayBeBinary() {
        return true;
    }

    /// The type of that number, if there (still) is one.
    ///
    /// @param modifier `atttypmod`, -1 for none
    Optional<SourceType> type(int oid, int modifier);
}
