package dev.millrace.destination.postgres;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.merge.UnfitValues;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.destination.postgres.wire.ColumnWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The live rows of a table that are older than one of its columns: all have the value that the source shows for them, and rows that ended
/// before have none.
final class OlderRows {

    private final TargetSession session;
    private final SystemColumns system;
    private final TargetTypes types;
    private final TableName table;

    OlderRows(TargetSession session, SystemColumns system, TargetTypes types, TableName table) {
        this.session = session;
        this.system = system;
        this.types = types;
        this.table = table;
    }

    /// Adds a column. As a default while it is added, its value costs no writing of the rows.
    void add(TargetTable target, Column column, String name, TargetType type) {
        String quoted = TableName.quote(name);
        String add = "ALTER TABLE " + target.sql() + " ADD COLUMN " + quoted + " " + type.sql();
        Optional<String> value = value(column, type);
        if (value.isEmpty()) {
            session.run(add);
            return;
        }
        session.run(add + " DEFAULT " + value.get());
        session.run("ALTER TABLE " + target.sql() + " ALTER COLUMN " + quoted + " DROP DEFAULT");
        SyncMode mode = system.modeOf(target.columns().keySet());
        if (mode != SyncMode.LIVE) {
            session.run("UPDATE " + target.sql() + " SET " + quoted + " = NULL WHERE NOT (" + system.isLive(mode) + ")");
        }
    }

    /// Gives the live rows the value in a column that is there.
    void fill(TargetTable target, Column column) {
        String value = value(column, target.typeOf(column)).orElse("NULL");
        session.run("UPDATE " + target.sql() + " SET " + target.quoted(column) + " = " + value + " WHERE "
                + system.isLive(system.modeOf(target.columns().keySet())));
    }

    private Optional<String> value(Column column, TargetType type) {
        return column.initially().map(text -> {
            ColumnWriter writer = ColumnWriter.of(column.type(), type, types);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (!writer.fits(Tuple.TEXT, bytes, 0, bytes.length)) {
                SortedMap<String, Long> unfit = new TreeMap<>();
                unfit.put(column.name(), 1L);
                throw new UnfitValues(table, unfit);
            }
            String printed = new String(writer.text(Tuple.TEXT, bytes, 0, bytes.length), StandardCharsets.UTF_8);
            return "E'" + printed.replace("\\", "\\\\").replace("'", "''") + "'::" + type.sql();
        });
    }
}
