package dev.millrace.destination.postgres;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.merge.TextColumns;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.destination.postgres.type.Widening;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes tables, and makes them fit for a shape: columns are added and widened, never taken away or narrowed.
///
/// Runs inside the caller's transaction.
final class Reshaping {

    /// Leaves room on each page for the next version of its rows, so that an update need not touch the index.
    private static final int FILL_PERCENT = 90;

    private final TargetSession session;
    private final SystemColumns system;
    private final PostgresNames names;
    private final TargetTypes types;
    private final TextColumns asText;

    /// Reshapes in a session.
    ///
    /// @param names gives new columns theirs
    /// @param asText the columns that must become text
    Reshaping(TargetSession session, SystemColumns system, PostgresNames names, TargetTypes types, TextColumns asText) {
        this.session = session;
        this.system = system;
        this.names = names;
        this.types = types;
        this.asText = asText;
    }

    /// The type that a column of a shape wants.
    private TargetType wanted(Shape shape, Column column) {
        return asText.contains(shape.table(), column.name())
                ? TargetType.TEXT
                : types.of(column.type(), shape.isKeyed() && shape.isTold(column.name()));
    }

    /// Makes an empty table.
    ///
    /// @param given the names of the shape's columns
    /// @param table its name in their schema
    /// @param joined the table whose rows it will take in, if any: a column that becomes text with them is text from the beginning, so that
    ///     its values are printed from what the source sent
    void create(TargetNames given, String table, Shape shape, SyncMode mode, Optional<TargetTable> joined) {
        List<String> columns = new ArrayList<>();
        for (Column column : shape.columns()) {
            TargetType wanted = wanted(shape, column);
            boolean isText = joined.flatMap(old -> old.type(given.of(column)))
                    .filter(old -> Widening.join(old, wanted).equals(TargetType.TEXT))
                    .isPresent();
            columns.add(TableName.quote(given.of(column)) + " " + (isText ? TargetType.TEXT : wanted).sql());
        }
        if (!shape.isKeyed()) {
            columns.add(system.quotedId() + " uuid");
        }
        columns.add(system.quotedSynced() + " timestamptz");
        switch (mode) {
            case SOFT_DELETE -> columns.add(system.quotedDeleted() + " boolean");
            case LIVE -> {}
            case HISTORY -> {
                columns.add(system.quotedStart() + " timestamptz");
                columns.add(system.quotedEnd() + " timestamptz");
                columns.add(system.quotedActive() + " boolean");
            }
        }
        if (CopyLoad.mayBeUnfit(shape, types)) {
            columns.add(system.quotedUnfit() + " text");
        }
        session.run("CREATE TABLE " + new TableName(given.table().schema(), table).quoted() + " (" + String.join(", ", columns) + ") WITH (fillfactor = "
                + FILL_PERCENT + ")");
    }

    /// Makes a table fit for a shape; returns it as it is then, which is the same object if nothing had to be done.
    ///
    /// @param before the shape that it was fit for
    TargetTable fit(TargetTable table, Shape before, Shape shape) {
        TargetNames given = names.fit(session, table.names(), Optional.of(before), shape);
        TargetTable target = new Renaming(session, system, table, before, shape).run(given);
        boolean changed = !target.equals(table);
        for (Column column : shape.columns()) {
            changed |= fit(target, before, shape, column);
        }
        boolean addsId = !shape.isKeyed() && target.type(system.id()).isEmpty();
        if (addsId) {
            session.run("ALTER TABLE " + target.sql() + " ADD COLUMN " + system.quotedId() + " uuid");
        }
        boolean hasLost = !shape.isKeyed() && !columnNames(shape).containsAll(columnNames(before));
        if (!changed && !addsId && !hasLost) {
            return target;
        }
        TargetTable fitted = target.reread(session);
        if (!shape.isKeyed()) {
            identify(fitted, shape);
        }
        return fitted;
    }

    private static List<String> columnNames(Shape shape) {
        return shape.columns().stream().map(Column::name).toList();
    }

    private boolean fit(TargetTable target, Shape before, Shape shape, Column column) {
        String name = target.names().of(column);
        TargetType wanted = wanted(shape, column);
        TargetType found = target.type(name).orElse(null);
        OlderRows older = new OlderRows(session, system, types, shape.table());
        if (found == null) {
            older.add(target, column, name, wanted);
            return true;
        }
        TargetType joined = Widening.join(found, wanted);
        if (!joined.equals(found)) {
            widen(target, name, found, joined);
        }
        boolean isAnother = column.number() > before.origin().columnsEver() && before.column(column.name()).isEmpty();
        if (isAnother && before.origin().isKnown()) {
            older.fill(target.with(name, joined), column);
        }
        return isAnother || !joined.equals(found);
    }

    /// Gives a column a wider type.
    void widen(TargetTable target, String column, TargetType from, TargetType to) {
        String name = TableName.quote(column);
        session.run("ALTER TABLE " + target.sql() + " ALTER COLUMN " + name + " TYPE " + to.sql() + " USING " + Widening.carry(name, from, to));
    }

    /// Computes the identity of every row anew, as it depends on the shape's columns and their types. One pass writes the table anew, which is
    /// faster than updating each of its rows.
    void identify(TargetTable target, Shape shape) {
        session.run("ALTER TABLE " + target.sql() + " ALTER COLUMN " + system.quotedId() + " TYPE uuid USING " + RowId.of(target, shape));
    }
}
