package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.merge.TextColumns;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.Widening;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes tables, and makes them fit for a shape: columns are added and widened, never taken away or narrowed.
///
/// Runs inside the caller's transaction.
final class Reshaping {

    private final DuckSession session;
    private final SystemColumns system;
    private final DuckNames names;
    private final TextColumns asText;

    /// Reshapes in a session.
    ///
    /// @param names gives new columns theirs
    /// @param asText the columns that must become text
    Reshaping(DuckSession session, SystemColumns system, DuckNames names, TextColumns asText) {
        this.session = session;
        this.system = system;
        this.names = names;
        this.asText = asText;
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
            DuckType wanted = session.rows().types().of(column.type());
            boolean isText = joined.flatMap(old -> old.type(given.of(column)))
                    .filter(old -> Widening.join(old, wanted) == DuckType.Plain.VARCHAR)
                    .isPresent();
            columns.add(TableName.quote(given.of(column)) + " " + (isText ? DuckType.Plain.VARCHAR : wanted).sql());
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
        if (CopyLoad.mayBeUnfit(shape, session.rows().types())) {
            columns.add(system.quotedUnfit() + " VARCHAR");
        }
        session.run("CREATE TABLE %s (%s)"
                .formatted(new TableName(given.table().schema(), table).quoted(), String.join(", ", columns)));
    }

    /// Makes a table fit for a shape; returns it as it is then, which is the same object if nothing had to be done.
    ///
    /// @param before the shape that it was fit for
    TargetTable fit(TargetTable table, Shape before, Shape shape) {
        TargetNames given = names.fit(session, table.names(), Optional.of(before), shape);
        TargetTable target = new Renaming(session, system, table, before, shape).run(given);
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
        TargetTable fitted = target.reread(session);
        if (!shape.isKeyed()) {
            identify(fitted, shape);
        }
        return fitted;
    }

    private static List<String> names(Shape shape) {
        return shape.columns().stream().map(Column::name).toList();
    }

    private boolean fit(TargetTable target, Shape before, TableName table, Column column) {
        String name = target.names().of(column);
        DuckType wanted = asText.contains(table, column.name()) ? DuckType.Plain.VARCHAR : session.rows().types().of(column.type());
        DuckType found = target.type(name).orElse(null);
        if (found == null) {
            session.run("ALTER TABLE %s ADD COLUMN %s %s".formatted(target.sql(), TableName.quote(name), wanted.sql()));
            if (column.initially().isPresent()) {
                new OlderRows(session, system, target.with(name, wanted), table).fill(column);
            }
            return true;
        }
        DuckType joined = Widening.join(found, wanted);
        if (!joined.equals(found)) {
            widen(target, name, Optional.of(column.type()), found, joined);
        }
        boolean isAnother = column.number() > before.origin().columnsEver() && before.column(column.name()).isEmpty();
        if (isAnother && before.origin().isKnown()) {
            new OlderRows(session, system, target.with(name, joined), table).fill(column);
        }
        return isAnother || !joined.equals(found);
    }

    /// Gives a column a wider type.
    ///
    /// @param source its type at the source; empty if the source has it no more
    void widen(TargetTable target, String column, Optional<SourceType> source, DuckType from, DuckType to) {
        String name = TableName.quote(column);
        session.rows().takeForType(session, target, column, from, to);
        session.run("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s"
                .formatted(target.sql(), name, to.sql(), Widening.carry(name, source, from, to)));
    }

    /// Computes the identity of every row anew, as it depends on the shape's columns and their types.
    void identify(TargetTable target, Shape shape) {
        session.rows().takeAll(session, target);
        session.run("UPDATE %s SET %s = %s".formatted(target.sql(), system.quotedId(), MultisetMerge.id(target, shape)));
    }
}
