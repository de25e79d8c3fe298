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

    /// The table as a reader sees it; numbers without the zeros that a scale adds.
    Optional<List<SeenRow>> rows(String prefix, TableName table) {
        String schema = prefix + "_" + table.schema();
        List<List<@Nullable String>> columns = query(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = %s AND table_name = %s ORDER BY column_index"
                        .formatted(literal(schema), literal(table.table())));
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        List<SeenRow> rows = new ArrayList<>();
        for (List<@Nullable String> row : query("SELECT * FROM " + new TableName(schema, table.table()).quoted())) {
            Map<String, @Nullable String> values = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                values.put(String.valueOf(columns.get(i).get(0)), plain(row.get(i), String.valueOf(columns.get(i).get(1))));
            }
            values.keySet().removeAll(List.of("_millrace_synced", "_millrace_id"));
            boolean deleted = "true".equals(values.remove("_millrace_deleted"));
            Optional<SeenRow.Span> span = span(values);
            rows.add(SeenRow.of(values, deleted, span));
        }
        return Optional.of(rows);
    }

    /// Takes the columns of a history's table out, if they are there.
    private static Optional<SeenRow.Span> span(Map<String, @Nullable String> values) {
        Optional<Instant> start = Optional.ofNullable(values.remove("_millrace_start")).map(DuckFile::instant);
        Optional<Instant> end = Optional.ofNullable(values.remove("_millrace_end")).map(DuckFile::instant);
        String active = values.remove("_millrace_active");
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
