package dev.millrace.destination.postgres;

import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.Widening;
import java.util.LinkedHashMap;
import java.util.Map;

/// Gives the columns of a table the names that they have in a later shape, told by their numbers.
final class Renaming {

    private static final String BETWEEN = "millrace renamed ";

    private final TargetSession session;
    private final SystemColumns system;
    private final TargetTable target;
    private final Shape before;
    private final Shape shape;

    Renaming(TargetSession session, SystemColumns system, TargetTable target, Shape before, Shape shape) {
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
        Map<String, String> between = new LinkedHashMap<>();
        renamed.keySet().forEach(from -> between.put(from, BETWEEN + between.size()));
        between.forEach(this::rename);
        renamed.forEach((from, to) -> settle(between.getOrDefault(from, from), to));
        return target.with(names).reread(session);
    }

    private void settle(String between, String to) {
        TargetTable now = target.reread(session);
        if (now.type(to).isEmpty()) {
            rename(between, to);
            return;
        }
        // The name was that of a column that is gone at the source and was kept here: its deleted rows keep what they had.
        TargetType type = now.typeOf(between);
        TargetType kept = now.typeOf(to);
        TargetType joined = Widening.join(kept, type);
        String name = TableName.quote(to);
        if (!joined.equals(kept)) {
            session.run("ALTER TABLE " + target.sql() + " ALTER COLUMN " + name + " TYPE " + joined.sql() + " USING " + Widening.carry(name, kept, joined));
        }
        session.run("UPDATE " + target.sql() + " SET " + name + " = " + Widening.carry(TableName.quote(between), type, joined) + " WHERE "
                + system.isLive(system.modeOf(target.columns().keySet())));
        session.run("ALTER TABLE " + target.sql() + " DROP COLUMN " + TableName.quote(between));
    }

    private void rename(String from, String to) {
        session.run("ALTER TABLE " + target.sql() + " RENAME COLUMN " + TableName.quote(from) + " TO " + TableName.quote(to));
    }
}
