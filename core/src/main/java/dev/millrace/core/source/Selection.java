package dev.millrace.core.source;

import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.TableName;
import java.util.Set;

/// What a user wants to have copied, of what the publication offers.
public interface Selection {

    /// Whether a table is wanted.
    boolean includes(TableName table);

    /// Whether a column of a wanted table is wanted; key columns are copied whatever this says.
    boolean includes(TableName table, String column);

    /// The names of the columns of a wanted table of whose values only hashes are copied; key columns may be among them.
    default Set<String> hashed(TableName table) {
        return Set.of();
    }

    /// The tables of which the user has said something, wanted or not, there or not.
    default Set<TableName> named() {
        return Set.of();
    }

    /// Whether a table of a schema is wanted of which the user has said nothing, such as one that is yet to be made.
    default boolean includesUnnamed(String schema) {
        return true;
    }

    /// The columns of a table of which the user has said something, wanted or not, there or not.
    default Set<String> named(TableName table) {
        return hashed(table);
    }

    /// Which rows of a wanted table are wanted, with values as the user has written them.
    default RowFilter filter(TableName table) {
        return RowFilter.NONE;
    }

    /// Everything that there is.
    static Selection everything() {
        return new Selection() {
            @Override
            public boolean includes(TableName table) {
                return true;
            }

            @Override
            public boolean includes(TableName table, String column) {
                return true;
            }
        };
    }
}
