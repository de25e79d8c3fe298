package dev.millrace.destination.duckdb;

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

    /// The table as it is then; the same object if no column has another name.
    ///
    /// Names may change places, so all that change go by way of a name that nobody has.
    TargetTable run() {
        Map<String, String> renamed = new LinkedHashMap<>();
        for (Column column : shape.columns()) {
            before.column(column.number())
                    .filter(earlier -> !earlier.name().equals(column.name()) && target.type(earlier.name()).isPresent())
                    .ifPresent(earlier -> renamed.put(earlier.name(), column.name()));
        }
        if (renamed.isEmpty()) {
            return target;
        }
        renamed.keySet().forEach(from -> rename(from, BETWEEN + from));
        renamed.forEach((from, to) -> settle(from, to));
        return TargetTable.find(session, target.schema(), target.table()).orElseThrow();
    }

    private void settle(String from, String to) {
        TargetTable now = TargetTable.find(session, target.schema(), target.table()).orElseThrow();
        if (now.type(to).isEmpty()) {
            rename(BETWEEN + from, to);
            return;
        }
        // The name was that of a column that is gone at the source and was kept here: its deleted rows keep what they had.
        DuckType type = now.typeOf(BETWEEN + from);
        DuckType joined = Widening.join(now.typeOf(to), type);
        session.run("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s"
                .formatted(target.sql(), TableName.quote(to), joined.sql(), carried(TableName.quote(to), now.typeOf(to), joined)));
        session.run("UPDATE %s SET %s = %s WHERE %s"
                .formatted(
                        target.sql(),
                        TableName.quote(to),
                        carried(TableName.quote(BETWEEN + from), type, joined),
                        system.isLive(system.modeOf(target))));
        session.run("ALTER TABLE %s DROP COLUMN %s".formatted(target.sql(), TableName.quote(BETWEEN + from)));
    }

    private static String carried(String value, DuckType from, DuckType to) {
        return from.equals(to) ? value : Widening.carry(value, from, to);
    }

    private void rename(String from, String to) {
        session.run("ALTER TABLE %s RENAME COLUMN %s TO %s".formatted(target.sql(), TableName.quote(from), TableName.quote(to)));
    }
}
