package dev.millrace.destination.iceberg;

import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.UnicodeUtil;
import org.jspecify.annotations.Nullable;

/// What Iceberg is told of the values in a file, by which readers pass over files: counts, and bounds where DuckDB tells them exactly.
final class FileMetrics {

    private static final int TEXT_BOUND = 16;

    private FileMetrics() {}

    /// The metrics of a file.
    ///
    /// @param statistics as DuckDB's `RETURN_STATS` gives them, by quoted name of the column
    static Metrics of(long rows, List<LakeColumn> columns, Map<?, ?> statistics) {
        Map<Integer, Long> sizes = new HashMap<>();
        Map<Integer, Long> values = new HashMap<>();
        Map<Integer, Long> nulls = new HashMap<>();
        Map<Integer, Long> nans = new HashMap<>();
        Map<Integer, ByteBuffer> lower = new HashMap<>();
        Map<Integer, ByteBuffer> upper = new HashMap<>();
        for (LakeColumn column : columns) {
            if (column.element() == 0 && statistics.get(TableName.quote(column.name())) instanceof Map<?, ?> told) {
                put(sizes, column.id(), told.get("column_size_bytes"));
                put(values, column.id(), told.get("num_values"));
                put(nulls, column.id(), told.get("null_count"));
                put(nans, column.id(), told.get("nan_count"));
                Type type = IcebergTypes.iceberg(column.type(), 0);
                if ("true".equals(told.get("min_is_exact")) && told.get("min") instanceof String least) {
                    put(lower, column.id(), type, value(column.type(), least, true));
                }
                if ("true".equals(told.get("max_is_exact")) && told.get("max") instanceof String greatest) {
                    put(upper, column.id(), type, value(column.type(), greatest, false));
                }
            }
        }
        return new Metrics(rows, sizes, values, nulls, nans, lower, upper);
    }

    private static void put(Map<Integer, Long> into, int id, @Nullable Object number) {
        if (number instanceof String text) {
            into.put(id, Long.parseLong(text));
        }
    }

    private static void put(Map<Integer, ByteBuffer> into, int id, Type type, @Nullable Object value) {
        if (value != null) {
            into.put(id, Conversions.toByteBuffer(type, value));
        }
    }

    /// A bound as Iceberg holds it; null where it is better left out.
    private static @Nullable Object value(DuckType type, String text, boolean isLeast) {
        try {
            return switch (type) {
                case Plain.INTEGER -> Integer.valueOf(text);
                case Plain.BIGINT -> Long.valueOf(text);
                case Plain.FLOAT -> Float.valueOf(text);
                case Plain.DOUBLE -> Double.valueOf(text);
                case DuckType.Decimal decimal -> new BigDecimal(text).setScale(decimal.scale());
                case Plain.DATE -> (int) LocalDate.parse(text).toEpochDay();
                case Plain.TIME -> LocalTime.parse(text).toNanoOfDay() / 1_000;
                case Plain.TIMESTAMP -> micros(LocalDateTime.parse(text.replace(' ', 'T')).atOffset(ZoneOffset.UTC));
                case Plain.TIMESTAMPTZ -> text.endsWith("+00")
                        ? micros(LocalDateTime.parse(text.substring(0, text.length() - 3).replace(' ', 'T')).atOffset(ZoneOffset.UTC))
                        : null;
                case Plain.VARCHAR -> text(text, isLeast);
                case Plain _, DuckType.ListOf _, DuckType.Foreign _ -> null;
            };
        } catch (DateTimeParseException | NumberFormatException _) {
            // A date before Christ, or one of five digits: no bound is no mistake.
            return null;
        }
    }

    private static long micros(OffsetDateTime time) {
        return ChronoUnit.MICROS.between(java.time.Instant.EPOCH.atOffset(ZoneOffset.UTC), time);
    }

    /// A text's beginning, made greater by one if it shall not be less than any that begins so; null if there is none.
    private static @Nullable Object text(String text, boolean isLeast) {
        return isLeast ? UnicodeUtil.truncateStringMin(text, TEXT_BOUND) : UnicodeUtil.truncateStringMax(text, TEXT_BOUND);
    }
}
