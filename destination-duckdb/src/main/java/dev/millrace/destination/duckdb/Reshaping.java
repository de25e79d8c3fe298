package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckTypes;
import dev.millrace.destination.duckdb.type.Widening;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Makes tables, and makes them fit for a shape: columns are added and widened, never taken away or narrowed.
///
/// Runs inside the caller's transaction.
final class Reshaping {

    private final DuckSession session;
    private final SystemColumns system;
    private final TextColumns asText;

    /// Reshapes in a session.
    ///
    /// @param asText the columns that must become text
    Reshaping(DuckSession session, SystemColumns system, TextColumns asText) {
        this.session = session;
        this.system = system;
        this.asText = asText;
    }

    /// Makes an empty table.
    ///
    /// @param keepsUnfit whether there is a column for the texts of unfit values
    void create(String schema, String table, Shape shape, SyncMode mode, boolean keepsUnfit) {
        checkNames(shape);
        List<String> columns = new ArrayList<>();
        for (Column column : shape.columns()) {
            columns.add(TableName.quote(column.name()) + " " + DuckTypes.of(column.type()).sql());
        }
        if (!shape.isKeyed()) {
            columns.add(system.quotedId() + " UUID");
        }
        columns.add(system.quotedSynced() + " TIMESTAMP WITH TIME ZONE");
        switch (mode) {
            case SOFT_DELETE -> columns.add(system.quotedDeleted() + " BOOLEAN");
            case LIVE -> {}
            case HISTORY -> {
                columns.add(system.quotedStart() + " TIMESTAMP WITH TIME ZONE");
                columns.add(system.quotedEnd() + " TIMESTAMP WITH TIME ZONE");
                columns.add(system.quotedActive() + " BOOLEAN");
            }
        }
        if (keepsUnfit) {
            columns.add(system.quotedUnfit() + " VARCHAR");
        }
        session.run("CREATE TABLE %s.%s (%s)"
                .formatted(TableName.quote(schema), TableName.quote(table), String.join(", ", columns)));
    }

    /// Makes a table fit for a shape; returns it as it is then, which is the same object if nothing had to be done.
    ///
    /// @param before the shape that it was fit for
    TargetTable fit(TargetTable table, Shape before, Shape shape) {
        checkNames(shape);
        TargetTable target = new Renaming(session, system, table, before, shape).run();
        boolean changed = !target.equals(table);
        for (Column column : shape.columns()) {
            changed |= fit(target, before, shape.table(), column);
        }
        boolean addsId = !shape.isKeyed() && target.type(system.id()).isEmpty();
        if (addsId) {
            session.run("ALTER TABLE %s ADD COLUMN %s UUID".formatted(target.sql(), system.quotedId()));
        }
        boolean hasLost = !shape.isKeyed() && !names(shape).containsAll(names(before));
        if (!changed && !addsId && !hasLost) {
            return target;
        }
        TargetTable fitted = TargetTable.find(session, target.schema(), target.table()).orElseThrow();
        if (!shape.isKeyed()) {
            identify(fitted, shape);
        }
        return fitted;
    }

    private static List<String> names(Shape shape) {
        return shape.columns().stream().map(Column::name).toList();
    }

    private boolean fit(TargetTable target, Shape before, TableName table, Column column) {
        DuckType wanted = asText.contains(table, column.name()) ? DuckType.Plain.VARCHAR : DuckTypes.of(column.type());
        DuckType found = target.type(column.name()).orElse(null);
        if (found == null) {
            session.run("ALTER TABLE %s ADD COLUMN %s %s".formatted(target.sql(), TableName.quote(column.name()), wanted.sql()));
            if (column.initially().isPresent()) {
                new OlderRows(session, system, target.with(column.name(), wanted), table).fill(column);
            }
            return true;
        }
        DuckType joined = Widening.join(found, wanted);
        if (!joined.equals(found)) {
            widen(target, column.name(), found, joined);
        }
        boolean isAnother = column.number() > before.origin().columnsEver() && before.column(column.name()).isEmpty();
        if (isAnother && before.origin().isKnown()) {
            new OlderRows(session, system, target.with(column.name(), joined), table).fill(column);
        }
        return isAnother || !joined.equals(found);
    }

    /// Gives a column a wider type.
    void widen(TargetTable target, String column, DuckType from, DuckType to) {
        String name = TableName.quote(column);
        session.run("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s"
                .formatted(target.sql(), name, to.sql(), Widening.carry(name, from, to)));
    }

    /// Computes the identity of every row anew, as it depends on the shape's columns and their types.
    void identify(TargetTable target, Shape shape) {
        session.run("UPDATE %s SET %s = %s".formatted(target.sql(), system.quotedId(), MultisetMerge.id(shape)));
    }

    private void checkNames(Shape shape) {
        Set<String> names = new HashSet<>();
        for (Column column : shape.columns()) {
            if (system.contains(column.name())) {
                throw refused(shape, column, "has the name of a column of ours");
            }
            if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
                throw refused(shape, column, "differs from another column only in case, which DuckDB cannot tell apart");
            }
        }
    }

    private static Fault refused(Shape shape, Column column, String why) {
        return new Fault(
                FaultKind.DESTINATION_REFUSED,
                shape.table().toString(),
                "Column %s of %s %s, so the table cannot be copied.".formatted(column.name(), shape.table(), why),
                "Rename the column at the source, or exclude it.");
    }
}
