package dev.millrace.source.copy;

import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.source.CopySession;
import java.sql.Connection;
import java.sql.SQLException;

/// What copies have to keep to, so that following a table can take over from its copy. Safe for several threads.
public interface CopyTerms {

    /// Begins a transaction in a session that is in auto-commit mode, and takes and exports its snapshot; its `readAt` is a position once
    /// passed by a destination which it holds whatever the snapshot saw.
    CopySession.Shared begin(Connection session) throws SQLException;

    /// A session has begun a transaction under a snapshot that another one took.
    default void joined(Connection session) throws SQLException {}

    /// The condition on a table's rows that are copied under a snapshot; the others come when the table is followed.
    default String condition(Shape shape, TransactionSnapshot snapshot) {
        return "true";
    }

    /// Further items of the `SELECT`, each with a comma before it, which [#take] takes out of the rows again; mostly none.
    default String items(Shape shape) {
        return "";
    }

    /// The rows without the further items.
    ///
    /// @param rows with hashed columns hashed already
    default CopyRows take(Shape shape, CopyRows rows) {
        return rows;
    }
}
