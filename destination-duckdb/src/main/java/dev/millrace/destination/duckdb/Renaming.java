package dev.millrace.destination.duckdb;

import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.Widening;
import java.util.LinkedHashMap;
import java.util.Map;

/// Gives the columns of a table the names that they have in a later shape, told by their numbers.
final class Renaming {

    private static final String BETWEEN = "millrace renamed ";

    private final DuckSession session;
    private final SystemColumns system;
    private final TargetTable target;
    private final Shape before;
    private final Shape shape;

    Renaming(DuckSession session, SystemColumns system, TargetTable target, Shape before, Shape shape) {
        this.session = session;
        this.system = system;
        this.target = target;
        this.before = before;
        this.shape = shape;
    }

    /// The table as it is then.
    ///
    /// Names may change places, so all that change go by way of a name that nobody has.
    ///
    /// @param names what the columns are called then
    TargetTable run(TargetNames names) {
        Map<String, String> renamed = new LinkedHashMap<>();
        for (Column column : shape.columns()) {
            String to = names.of(column);
            before.column(column.number())
                    .map(target.names()::of)
                    .filter(from -> !from.equals(to) && target.type(from).isPresent())
                    .ifPresent(from -> renamed.put(from, to));
        }
        if (renamed.isEmpty()) {
            return target.with(names);
        }
        renamed.keySet().forEach(from -> rename(from, BETWEEN + from));
        renamed.forEach((from, to) -> settle(from, to));
        return target.with(names).reread(session);
    }

    private void settle(String from, String to) {
        TargetTable now = target.reread(session);
        if (now.type(to).isEmpty()) {
            rename(BETWEEN + from, to);
            return;
        }
        // The name was that of a column that is gone at the source and was kept here: its deleted rows keep what they had.
        session.rows().takeAll(session, now);
        DuckType type = now.typeOf(BETWEEN + from);
        DuckType joined = Widening.join(now.typeOf(to), type);
        session.run("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s"
                .formatted(target.sql(), TableName.quote(to), joined.sql(), carried(TableName.quote(to), now.typeOf(to), joined)));
        session.run("UPDATE %s SET %s = %s WHERE %s"
                .formatted(
                        target.sql(),
                        TableName.quote(to),
                        carried(TableName.quote(BETWEEN + from), type, joined),
                        system.isLive(system.modeOf(target.columns().keySet()))));
        session.run("ALTER TABLE %s DROP COLUMN %s".formatted(target.sql(), TableName.quote(BETWEEN + from)));
    }

    private static String carried(String value, DuckType from, DuckType to) {
        return from.equals(to) ? value : Widening.carry(value, from, to);
    }

    private void rename(String from, String to) {
        session.run("ALTER TABLE %s RENAME COLUMN %s TO %s".formatted(target.sql(), TableName.quote(from), TableName.quote(to)));
        session.rows().renamedColumn(session, target, from, to);
    }
}
