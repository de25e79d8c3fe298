package dev.millrace.destination.iceberg;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import dev.millrace.destination.iceberg.IcebergSettings.Layout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.util.BucketUtil;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.jspecify.annotations.Nullable;

/// How a table is partitioned: what people write, what Iceberg calls it, and DuckDB's expressions for the values.
final class Partitions {

    private static final Pattern FIELD = Pattern.compile("\\s*(?:(\\w+)\\s*\\(\\s*(?:(\\d+)\\s*,\\s*)?(.+?)\\s*\\)|(.+?))\\s*");
    private static final Pattern WIDTH = Pattern.compile("(bucket|truncate)\\[(\\d+)]");
    private static final String HASH_OF_NUMBER = "millrace_bucket_of_number";
    private static final String HASH_OF_TEXT = "millrace_bucket_of_text";

    private Partitions() {}

    /// Makes the functions known to a database by which buckets are found; once a database.
    static void registerWith(Connection session) throws SQLException {
        try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
            builder.withName(HASH_OF_NUMBER)
                    .withParameter(DuckDBColumnType.BIGINT)
                    .withReturnType(DuckDBColumnType.INTEGER)
                    .withNullInNullOut()
                    .withFunction((@Nullable Long value) -> value == null ? null : Integer.valueOf(BucketUtil.hash(value.longValue())))
                    .register(session);
        }
        try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
            builder.withName(HASH_OF_TEXT)
                    .withParameter(DuckDBColumnType.VARCHAR)
                    .withReturnType(DuckDBColumnType.INTEGER)
                    .withNullInNullOut()
                    .withFunction((@Nullable String value) -> value == null ? null : Integer.valueOf(BucketUtil.hash(value)))
                    .register(session);
        }
    }

    /// What Iceberg calls what people wrote.
    ///
    /// @param id of the specification
    /// @throws Fault `SETTINGS_INVALID` if it is of no sense for the table
    static PartitionSpec spec(TableName table, Layout layout, Schema schema, int id) {
        PartitionSpec.Builder spec = PartitionSpec.builderFor(schema).withSpecId(id);
        for (String text : layout.partitions()) {
            Matcher field = FIELD.matcher(text);
            if (!field.matches()) {
                throw invalid(table, text, null);
            }
            try {
                add(spec, field);
            } catch (RuntimeException e) {
                throw invalid(table, text, e);
            }
        }
        return spec.build();
    }

    private static void add(PartitionSpec.Builder spec, Matcher field) {
        if (field.group(1) == null) {
            spec.identity(field.group(4));
            return;
        }
        String column = field.group(3);
        int width = field.group(2) == null ? 0 : Integer.parseInt(field.group(2));
        switch (field.group(1).toLowerCase(Locale.ROOT)) {
            case "identity" -> spec.identity(column);
            case "year" -> spec.year(column);
            case "month" -> spec.month(column);
            case "day" -> spec.day(column);
            case "hour" -> spec.hour(column);
            case "bucket" -> spec.bucket(column, width);
            case "truncate" -> spec.truncate(column, width);
            default -> throw new IllegalArgumentException("Invalid transform: " + field.group(1));
        }
    }

    private static Fault invalid(TableName table, String text, @Nullable Throwable cause) {
        return new Fault(
                FaultKind.SETTINGS_INVALID,
                table.toString(),
                "%s cannot be partitioned or sorted by %s.".formatted(table, text),
                "Write a column of the table, or one of year, month, day, hour, bucket and truncate of it, such as `day(created_at)` or"
                        + " `bucket(16, id)`.",
                cause);
    }

    /// In which order the rows of a file lie.
    static SortOrder order(TableName table, Layout layout, Schema schema) {
        SortOrder.Builder order = SortOrder.builderFor(schema);
        for (String text : layout.sort()) {
            try {
                boolean isDown = text.toLowerCase(Locale.ROOT).endsWith(" desc");
                String column = isDown ? text.substring(0, text.length() - 5).strip() : text.strip();
                if (isDown) {
                    order.desc(column);
                } else {
                    order.asc(column);
                }
            } catch (RuntimeException e) {
                throw invalid(table, text, e);
            }
        }
        return order.build();
    }

    /// The same for DuckDB; empty if rows may lie in any.
    static String orderBy(SortOrder order, Schema schema) {
        List<String> columns = new ArrayList<>();
        order.fields().forEach(field -> columns.add("%s %s NULLS %s"
                .formatted(
                        TableName.quote(schema.findColumnName(field.sourceId())),
                        field.direction(),
                        field.nullOrder().name().endsWith("FIRST") ? "FIRST" : "LAST")));
        return columns.isEmpty() ? "" : " ORDER BY " + String.join(", ", columns);
    }

    /// DuckDB's expressions for a row's place among the partitions.
    static List<String> values(PartitionSpec spec, List<LakeColumn> columns) {
        List<String> values = new ArrayList<>();
        for (PartitionField field : spec.fields()) {
            LakeColumn column = columns.stream()
                    .filter(one -> one.id() == field.sourceId())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("Invalid partition: by a column that is gone"));
            values.add(value(field.transform().toString(), TableName.quote(column.name()), column.type()));
        }
        return values;
    }

    private static String value(String transform, String column, DuckType type) {
        Matcher width = WIDTH.matcher(transform);
        if (width.matches()) {
            int number = Integer.parseInt(width.group(2));
            return width.group(1).equals("bucket") ? bucket(column, type, number) : truncated(column, type, number);
        }
        return switch (transform) {
            case "identity" -> column;
            case "year" -> "CAST(year(%s) - 1970 AS INTEGER)".formatted(column);
            case "month" -> "CAST((year(%1$s) - 1970) * 12 + month(%1$s) - 1 AS INTEGER)".formatted(column);
            case "day" -> "CAST(CAST(%s AS DATE) - DATE '1970-01-01' AS INTEGER)".formatted(column);
            case "hour" -> "CAST(floor(epoch_us(%s) / 3600000000) AS INTEGER)".formatted(column);
            default -> throw new IllegalStateException("Invalid transform: " + transform);
        };
    }

    private static String bucket(String column, DuckType type, int buckets) {
        String hash = switch (type) {
            case Plain.INTEGER, Plain.BIGINT -> "%s(%s)".formatted(HASH_OF_NUMBER, column);
            case Plain.DATE -> "%s(CAST(%s - DATE '1970-01-01' AS BIGINT))".formatted(HASH_OF_NUMBER, column);
            case Plain.TIME, Plain.TIMESTAMP, Plain.TIMESTAMPTZ -> "%s(epoch_us(%s))".formatted(HASH_OF_NUMBER, column);
            case Plain.VARCHAR, Plain.JSON -> "%s(%s)".formatted(HASH_OF_TEXT, column);
            case Plain _, DuckType.Decimal _, DuckType.ListOf _, DuckType.Foreign _ -> throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    column,
                    "A table cannot be partitioned by buckets of %s, which is a %s.".formatted(column, type.sql()),
                    "Take a column of whole numbers, texts, dates or times.");
        };
        return "CAST((%s & 2147483647) %% %d AS INTEGER)".formatted(hash, buckets);
    }

    private static String truncated(String column, DuckType type, int width) {
        return switch (type) {
            case Plain.INTEGER, Plain.BIGINT -> "CAST(%1$s - (((%1$s %% %2$d) + %2$d) %% %2$d) AS %3$s)".formatted(column, width, type.sql());
            case Plain.VARCHAR, Plain.JSON -> "left(%s, %d)".formatted(column, width);
            case Plain _, DuckType.Decimal _, DuckType.ListOf _, DuckType.Foreign _ -> throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    column,
                    "A table cannot be partitioned by what %s begins with, which is a %s.".formatted(column, type.sql()),
                    "Take a column of whole numbers or texts.");
        };
    }
}
