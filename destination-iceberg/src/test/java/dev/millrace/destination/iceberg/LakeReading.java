package dev.millrace.destination.iceberg;

import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.destination.SeenRow;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.ContentFileUtil;
import org.jspecify.annotations.Nullable;

/// Reads tables of a lake as any reader would who knows Iceberg's specification: the catalogue says which files, DuckDB reads them by the numbers of
/// the columns.
record LakeReading(IcebergSettings settings) {

    /// The table as a reader sees it who knows its names; numbers without the zeros that a scale adds.
    ///
    /// @param prefix names the connection
    Optional<List<SeenRow>> rows(String prefix, TableName table) {
        try (Lake lake = Lake.open(settings);
                Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            Map<String, String> columns = new HashMap<>();
            Optional<BaseTable> found = place(lake, prefix, table, statement, columns).flatMap(lake::find);
            return found.isEmpty() ? Optional.empty() : Optional.of(read(found.get(), statement, columns));
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /// Where the table lies, and the source's names of its columns.
    private static Optional<TableName> place(
            Lake lake, String prefix, TableName table, Statement statement, Map<String, String> columns) throws SQLException {
        BaseTable memory = lake.find(new TableName("_millrace", "memory_of_" + prefix)).orElseThrow();
        String files = String.valueOf(memory.currentSnapshot().summary().get("millrace.memory"));
        int at = files.indexOf("\"names\":\"");
        if (at < 0) {
            return Optional.empty();
        }
        String location = files.substring(at + 9, files.indexOf('"', at + 9));
        Optional<TableName> place = Optional.empty();
        try (ResultSet row = statement.executeQuery(("SELECT target_schema, target_table, unnest(map_keys(columns)), unnest(map_values(columns))"
                        + " FROM read_parquet('%s') WHERE source_schema = '%s' AND source_table = '%s'")
                .formatted(LocalFileIO.path(location), literal(table.schema()), literal(table.table())))) {
            while (row.next()) {
                place = Optional.of(new TableName(row.getString(1), row.getString(2)));
                columns.put(row.getString(4), row.getString(3));
            }
        }
        return place;
    }

    private static String literal(String text) {
        return text.replace("'", "''");
    }

    private static List<SeenRow> read(BaseTable table, Statement statement, Map<String, String> columns) throws SQLException {
        List<SeenRow> rows = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                read(table, task, statement, columns, rows);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    private static void read(BaseTable table, FileScanTask task, Statement statement, Map<String, String> columns, List<SeenRow> rows)
            throws SQLException {
        List<Types.NestedField> fields = table.schema().columns();
        StringBuilder schema = new StringBuilder();
        StringBuilder names = new StringBuilder();
        for (Types.NestedField field : fields) {
            schema.append(schema.isEmpty() ? "" : ", ")
                    .append("%d: {name: 'f%1$d', type: '%s', default_value: NULL}".formatted(field.fieldId(), IcebergTypes.duck(field.type()).sql()));
            names.append(names.isEmpty() ? "" : ", ").append("f%d::VARCHAR".formatted(field.fieldId()));
        }
        StringBuilder deleted = new StringBuilder();
        for (DeleteFile delete : task.deletes()) {
            if (ContentFileUtil.isDV(delete)) {
                deleted.append(" AND file_row_number NOT IN (%s)".formatted(positions(table, delete)));
                continue;
            }
            deleted.append(" AND file_row_number NOT IN (SELECT pos FROM read_parquet('%s') WHERE file_path = '%s')"
                    .formatted(LocalFileIO.path(delete.location()), literal(task.file().location())));
        }
        try (ResultSet row = statement.executeQuery(
                "SELECT %s FROM read_parquet(['%s'], schema = MAP {%s}, file_row_number = true) WHERE true%s"
                        .formatted(names, literal(LocalFileIO.path(task.file().location()).toString()), schema, deleted))) {
            while (row.next()) {
                rows.add(seen(row, fields, columns));
            }
        }
    }

    private static String positions(BaseTable table, DeleteFile vector) {
        try (SeekableInputStream in = table.io().newInputFile(vector.location()).newStream()) {
            in.seek(Objects.requireNonNull(vector.contentOffset()));
            byte[] bytes = in.readNBytes(Math.toIntExact(Objects.requireNonNull(vector.contentSizeInBytes())));
            List<String> positions = new ArrayList<>();
            PositionDeleteIndex.deserialize(bytes, vector).forEach(position -> positions.add(Long.toString(position)));
            return String.join(", ", positions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SeenRow seen(ResultSet row, List<Types.NestedField> fields, Map<String, String> source) throws SQLException {
        Map<String, @Nullable String> ours = new LinkedHashMap<>();
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.get(i).name();
            String value = plain(row.getString(i + 1), fields.get(i));
            String atSource = source.get(name);
            if (atSource == null) {
                ours.put(name, value);
            } else {
                values.put(atSource, value);
            }
        }
        return SeenRow.of(values, "true".equals(ours.get("_millrace_deleted")), span(ours));
    }

    private static Optional<SeenRow.Span> span(Map<String, @Nullable String> ours) {
        Optional<Instant> start = Optional.ofNullable(ours.get("_millrace_start")).map(LakeReading::instant);
        Optional<Instant> end = Optional.ofNullable(ours.get("_millrace_end")).map(LakeReading::instant);
        String active = ours.get("_millrace_active");
        return start.map(from -> new SeenRow.Span(from, end.orElseThrow(), "true".equals(active)));
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text.replace(' ', 'T') + ":00").toInstant();
    }

    private static @Nullable String plain(@Nullable String value, Types.NestedField field) {
        return value != null && field.type() instanceof Types.DecimalType ? value.replaceAll("\\.?0+$", "") : value;
    }
}
