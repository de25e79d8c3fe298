package dev.millrace.source.check;

import dev.millrace.core.check.Outcome;
import dev.millrace.core.shape.TableName;
import dev.millrace.source.Following;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A table that the user has selected and that can be followed as the settings have it, with what this login may read of it.
///
/// @param name what it is called
/// @param isNamed whether the settings name it; if not, it is wanted since everything is
/// @param isPartitioned whether its rows lie in partitions
/// @param mayEnter whether its schema may be used
/// @param mayReadAll whether all of it may be read, columns to come included
/// @param columns all of its columns
/// @param readable those that may be read
/// @param key those that identify a row
/// @param mayReadXmin whether it may be read which transaction wrote a row
/// @param mayReadPlace whether it may be read where a row lies
/// @param hidesRows whether row-level security applies to this login
record WantedTable(
        TableName name,
        boolean isNamed,
        boolean isPartitioned,
        boolean mayEnter,
        boolean mayReadAll,
        List<String> columns,
        List<String> readable,
        List<String> key,
        boolean mayReadXmin,
        boolean mayReadPlace,
        boolean hidesRows) {

    /// All of them: what the publication holds, or whatever is there, as far as it is selected.
    static List<WantedTable> of(Connection session, CheckSettings settings) throws SQLException {
        List<WantedTable> tables = new ArrayList<>();
        boolean isLog = settings.following() instanceof Following.Log;
        try (PreparedStatement statement = session.prepareStatement(isLog ? CheckSql.PUBLISHED : CheckSql.LOOKED_AT)) {
            if (settings.following() instanceof Following.Log(_, String publication)) {
                statement.setString(1, publication);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableName name = new TableName(row.getString("nspname"), row.getString("relname"));
                    if (settings.selection().includes(name)) {
                        tables.add(read(row, name, settings.selection().named().contains(name)));
                    }
                }
            }
        }
        return tables;
    }

    private static WantedTable read(ResultSet row, TableName name, boolean isNamed) throws SQLException {
        return new WantedTable(
                name,
                isNamed,
                row.getBoolean("partitioned"),
                row.getBoolean("may_enter"),
                row.getBoolean("may_read_all"),
                texts(row.getArray("columns")),
                texts(row.getArray("readable")),
                texts(row.getArray("key")),
                row.getBoolean("may_read_xmin"),
                row.getBoolean("may_read_place"),
                row.getBoolean("hides_rows"));
    }

    static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /// How bad it is that the table is left out: what somebody has named shall come, what is there by default need not.
    Outcome ifLeftOut() {
        return isNamed ? Outcome.FAILED : Outcome.WARNING;
    }

    /// The columns that shall be copied: key columns are, whatever the selection says.
    List<String> wanted(CheckSettings settings) {
        return columns.stream().filter(column -> key.contains(column) || settings.selection().includes(name, column)).toList();
    }
}
