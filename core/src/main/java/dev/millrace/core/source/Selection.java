package dev.millrace.core.source;

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
