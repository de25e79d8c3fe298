package dev.millrace.source.copy;

import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import java.sql.Connection;
import java.sql.SQLException;

/// What copies have to keep to, so that following a table can take over from its copy. Safe for several threads.
public interface CopyTerms {

    /// The position once passed by a destination which it holds whatever a snapshot saw that was taken just before in this session.
    Position readAt(Connection session) throws SQLException;

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
