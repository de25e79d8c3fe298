package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.time.Instant;
import java.util.List;

/// Turns the rows of a table into those of another mode, inside the caller's transaction.
///
/// The table is written anew beside itself and put in its own place, which costs one pass over it.
final class Conversion {

    private final DuckSession session;
    private final SystemColumns system;
    private final String now;

    /// Converts in a session.
    ///
    /// @param now when versions begin
    Conversion(DuckSession session, SystemColumns system, Instant now) {
        this.session = session;
        this.system = system;
        this.now = Merge.time(now);
    }

    /// Converts a table, and returns it as it is then; the same object if it is of that mode already.
    TargetTable run(TargetTable table, Shape shape, SyncMode to) {
        SyncMode from = system.modeOf(table.columns().keySet());
        if (from == to) {
            return table;
        }
        session.rows().takeAll(session, table);
        String converted = table.sql(DuckNames.conversion(table));
        String rows = from == SyncMode.HISTORY && to == SyncMode.SOFT_DELETE ? latest(table, shape) : table.sql() + condition(from, to);
        session.run("CREATE TABLE %s AS SELECT %s FROM %s".formatted(converted, columns(from, to), rows));
        session.run("DROP TABLE " + table.sql());
        session.run("ALTER TABLE %s RENAME TO %s".formatted(converted, TableName.quote(table.table())));
        return table.reread(session);
    }

    private String columns(SyncMode from, SyncMode to) {
        String others = switch (from) {
            case SOFT_DELETE -> "* EXCLUDE (%s)".formatted(system.quotedDeleted());
            case LIVE -> "*";
            case HISTORY ->
                "* EXCLUDE (%s, %s, %s)".formatted(system.quotedStart(), system.quotedEnd(), system.quotedActive());
        };
        return switch (to) {
            case SOFT_DELETE -> "%s, NOT (%s) AS %s".formatted(others, system.isLive(from), system.quotedDeleted());
            case LIVE -> others;
            case HISTORY ->
                "%1$s, %2$s AS %3$s, CASE WHEN %4$s THEN %5$s ELSE %2$s END AS %6$s, %4$s AS %7$s"
                        .formatted(
                                others,
                                now,
                                system.quotedStart(),
                                system.isLive(from),
                                Merge.OPEN_END,
                                system.quotedEnd(),
                                system.quotedActive());
        };
    }

    private String condition(SyncMode from, SyncMode to) {
        return to == SyncMode.LIVE ? " WHERE " + system.isLive(from) : "";
    }

    /// The latest version of each key; without a key every version is a row of its own.
    private String latest(TargetTable table, Shape shape) {
        List<String> key = shape.keyPlaces().stream()
                .map(place -> table.quoted(shape.columns().get(place)))
                .toList();
        return key.isEmpty()
                ? table.sql()
                : "%s QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s DESC) = 1"
                        .formatted(table.sql(), String.join(", ", key), system.quotedStart());
    }
}
