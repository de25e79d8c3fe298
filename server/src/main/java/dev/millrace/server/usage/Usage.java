package dev.millrace.server.usage;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.state.State;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/// How many rows of which table were written on which day (UTC).
///
/// These are changes, not distinct keys: a row that changes twice counts twice.
///
/// @param state where it is kept
/// @param clock says which day it is
public record Usage(State state, InstantSource clock) {

    /// Why rows were written.
    public enum Kind {
        /// A table was copied.
        HISTORICAL,
        /// Changes were followed.
        INCREMENTAL
    }

    /// The rows of one table on one day.
    public record Day(String connectionId, TableName table, LocalDate day, Kind kind, long rows) {}

    /// Counts rows of a connection's tables to today's.
    public void add(String connection, Kind kind, Map<TableName, Long> rows) {
        String today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
        state.run(handle -> rows.forEach((table, count) -> {
            int changed = handle.execute(
                    "UPDATE table_usage SET changed_rows = changed_rows + ? WHERE connection_id = ? AND source_schema = ? AND source_table = ? AND day = ? AND kind = ?",
                    count, connection, table.schema(), table.table(), today, kind.name());
            if (changed == 0) {
                handle.execute("INSERT INTO table_usage VALUES (?, ?, ?, ?, ?, ?)", connection, table.schema(), table.table(), today, kind.name(), count);
            }
        }));
    }

    /// What a connection wrote since a day, in the order of days and tables.
    public List<Day> since(String connection, LocalDate day) {
        return state.read(handle -> handle.createQuery(
                        "SELECT * FROM table_usage WHERE connection_id = ? AND day >= ? ORDER BY day, source_schema, source_table, kind")
                .bind(0, connection)
                .bind(1, day.toString())
                .map((row, _) -> new Day(
                        connection,
                        new TableName(row.getString("source_schema"), row.getString("source_table")),
                        LocalDate.parse(row.getString("day")),
                        Kind.valueOf(row.getString("kind")),
                        row.getLong("changed_rows")))
                .list());
    }
}
