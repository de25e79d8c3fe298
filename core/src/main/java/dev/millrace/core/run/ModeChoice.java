package dev.millrace.core.run;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.TableName;

/// In which mode a user wants each table kept.
@FunctionalInterface
public interface ModeChoice {

    /// The mode of a table.
    SyncMode of(TableName table);

    /// The same mode for every table.
    static ModeChoice always(SyncMode mode) {
        return _ -> mode;
    }
}
