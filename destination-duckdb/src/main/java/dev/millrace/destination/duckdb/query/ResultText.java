package dev.millrace.destination.duckdb.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads a column of a DuckDB result as the text that PostgreSQL would print for it.
///
/// The driver knows no infinite dates and times: it gives the largest number that the type holds as if it were one. No finite value is
/// stored as that number, so it can be told.
final class ResultText {

    private static final long INFINITE_DAYS = Integer.MAX_VALUE;
    /// What the driver makes of the number for `-infinity`; later than any date of PostgreSQL's.
    private static final LocalDate BEFORE_EVERY_DATE = LocalDate.of(5_877_642, 6, 24);
    private static final long INFINITE_MICROS = Long.MAX_VALUE;
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter(Locale.ROOT);

    private ResultText() {}

    /// The text of a column that is not a number, in the row that the result stands on; null for a null.
    static @Nullable String of(ResultSet row, int column, String type) throws SQLException {
        return switch (type) {
            case "BLOB" -> hex(row.getBytes(column));
            case "DATE" -> date(row.getObject(column, LocalDate.class));
            case "TIME" -> time(row, column);
            case "TIMESTAMP" -> timestamp(row.getObject(column, LocalDateTime.class), "");
            case "TIMESTAMP WITH TIME ZONE" -> {
                OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
                yield timestamp(at == null ? null : at.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime(), "+00");
            }
            default -> row.getString(column);
        };
    }

    private static @Nullable String hex(byte @Nullable [] bytes) {
        return bytes == null ? null : "\\x" + HexFormat.of().formatHex(bytes);
    }

    private static @Nullable String date(@Nullable LocalDate date) {
        if (date == null) {
            return null;
        }
        if (date.equals(BEFORE_EVERY_DATE)) {
            return "-infinity";
        }
        return date.toEpochDay() == INFINITE_DAYS ? "infinity" : date.toString();
    }

    private static @Nullable String time(ResultSet row, int column) throws SQLException {
        try {
            LocalTime time = row.getObject(column, LocalTime.class);
            return time == null ? null : TIME.format(time);
        } catch (DateTimeException _) {
            // The end of a day, which PostgreSQL and DuckDB have and Java has not.
            return "24:00:00";
        }
    }

    private static @Nullable String timestamp(@Nullable LocalDateTime at, String zone) {
        if (at == null) {
            return null;
        }
        long seconds = at.toEpochSecond(ZoneOffset.UTC);
        if (seconds == Math.floorDiv(INFINITE_MICROS, 1_000_000L) || seconds == Math.floorDiv(-INFINITE_MICROS, 1_000_000L)) {
            return infinity(seconds);
        }
        return at.toLocalDate() + " " + TIME.format(at) + zone;
    }

    private static String infinity(long sign) {
        return sign < 0 ? "-infinity" : "infinity";
    }
}
