package dev.millrace.core.source;

import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.List;

/// The tables of a source, as they were at one moment.
///
/// @param followed tables that can be copied and followed
/// @param leftOut tables that cannot or shall not be, each with its reason
public record Catalog(List<Followed> followed, List<LeftOut> leftOut) {

    /// Keeps its own copies of the lists.
    public Catalog {
        followed = List.copyOf(followed);
        leftOut = List.copyOf(leftOut);
    }

    /// A table that is copied and followed.
    ///
    /// @param shape its columns that are copied
    /// @param blocks its size in blocks of 8 kB, partitions included
    /// @param estimatedRows PostgreSQL's estimate; -1 where it has none
    /// @param warnings what a person should know: columns left out, operations that are not published, and the like
    public record Followed(Shape shape, long blocks, long estimatedRows, List<String> warnings) {

        /// Keeps its own copy of the list.
        public Followed {
            warnings = List.copyOf(warnings);
        }

        /// The table's name.
        public TableName table() {
            return shape.table();
        }
    }

    /// A table that is not followed.
    ///
    /// @param reason what is so
    /// @param remedy what to do to have it followed, with the SQL to run where there is one; empty where it is as the user wanted
    public record LeftOut(TableName table, String reason, String remedy) {}
}
