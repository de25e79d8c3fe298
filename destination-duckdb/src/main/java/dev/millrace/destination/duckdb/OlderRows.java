package dev.millrace.destination.duckdb;

import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.vector.OneText;
import java.util.List;

/// The live rows of a table that are older than one of its columns.
final class OlderRows {

    private final DuckSession session;
    private final SystemColumns system;
    private final TargetTable target;
    private final TableName table;

    /// @param target has the column already
    OlderRows(DuckSession session, SystemColumns system, TargetTable target, TableName table) {
        this.session = session;
        this.system = system;
        this.target = target;
        this.table = table;
    }

    /// Gives all of them the value that the source shows for them. Rows that ended before have none.
    void fill(Column column) {
        session.rows().takeAll(session, target);
        String name = target.quoted(column);
        String update = "UPDATE %s SET %s = %%s WHERE %s".formatted(target.sql(), name, system.isLive(system.modeOf(target.columns().keySet())));
        if (column.initially().isEmpty()) {
            session.run(update.formatted("NULL"));
            return;
        }
        Shape only = new Shape(table, List.of(column), new RowIdentity.WholeRow());
        OneText value = new OneText(column.initially().get());
        try (RowQuery row = RowQuery.of(only, target, value, 1).open()) {
            session.run(row.stream(), update.formatted("(%s)".formatted(row.sql())));
            row.checkFit(table);
        }
    }
}
