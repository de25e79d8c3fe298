package dev.millrace.destination.duckdb;

import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.destination.SeenRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a DuckDB file through plain JDBC, as a user of it would, beside an open destination in this process.
record DuckFile(Path path) {

    /// The rows of a query, every value as DuckDB's text.
    List<List<@Nullable String>> query(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + path);
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            try (ResultSet rows = statement.executeQuery("SELECT COLUMNS(*)::VARCHAR FROM (" + sql + ")")) {
                List<List<@Nullable String>> all = new ArrayList<>();
                while (rows.next()) {
                    List<@Nullable String> row = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        row.add(rows.getString(i));
                    }
                    all.add(row);
                }
                return all;
            }
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /// The table as a reader sees it who knows its names; numbers without the zeros that a scale adds.
    ///
    /// @param prefix names the connection
    Optional<List<SeenRow>> rows(String prefix, TableName table) {
        String names = "FROM _millrace.names WHERE connection = %s AND source_schema = %s AND source_table = %s"
                .formatted(literal(prefix), literal(table.schema()), literal(table.table()));
        List<List<@Nullable String>> place = query("SELECT target_schema, target_table " + names);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        TableName here = new TableName(String.valueOf(place.getFirst().get(0)), String.valueOf(place.getFirst().get(1)));
        List<List<@Nullable String>> columns = query(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = %s AND table_name = %s ORDER BY column_index"
                        .formatted(literal(here.schema()), literal(here.table())));
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> source = new HashMap<>();
        query("SELECT unnest(map_values(columns)), unnest(map_keys(columns)) " + names)
                .forEach(pair -> source.put(String.valueOf(pair.get(0)), String.valueOf(pair.get(1))));
        return Optional.of(query("SELECT * FROM " + here.quoted()).stream().map(row -> seen(row, columns, source)).toList());
    }

    private static SeenRow seen(List<@Nullable String> row, List<List<@Nullable String>> columns, Map<String, String> source) {
        Map<String, @Nullable String> ours = new LinkedHashMap<>();
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            String name = String.valueOf(columns.get(i).get(0));
            String value = plain(row.get(i), String.valueOf(columns.get(i).get(1)));
            String atSource = source.get(name);
            if (atSource == null) {
                ours.put(name, value);
            } else {
                values.put(atSource, value);
            }
        }
        return SeenRow.of(values, "true".equals(ours.get("_millrace_deleted")), span(ours));
    }

    /// What the columns of a history's table say, if they are there.
    private static Optional<SeenRow.Span> span(Map<String, @Nullable String> ours) {
        Optional<Instant> start = Optional.ofNullable(ours.get("_millrace_start")).map(DuckFile::instant);
        Optional<Instant> end = Optional.ofNullable(ours.get("_millrace_end")).map(DuckFile::instant);
        String active = ours.get("_millrace_active");
        return start.map(from -> new SeenRow.Span(from, end.orElseThrow(), "true".equals(active)));
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text.replace(' ', 'T') + ":00").toInstant();
    }

    private static @Nullable String plain(@Nullable String value, String type) {
        return value != null && type.startsWith("DECIMAL") ? value.replaceAll("\\.?0+$", "") : value;
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
