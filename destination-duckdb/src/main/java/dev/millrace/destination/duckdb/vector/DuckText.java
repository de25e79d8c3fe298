package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.value.PgInterval;
import dev.millrace.core.value.PgNumeric;
import dev.millrace.core.value.PgTime;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Turns PostgreSQL's text of a value into the text that DuckDB casts to the same value.
final class DuckText {

    private final DuckType type;
    private final boolean isFinite;

    /// @param isFinite whether dates, times and timestamps have neither infinities nor an hour 24
    DuckText(DuckType type, boolean isFinite) {
        this.type = type;
        this.isFinite = isFinite;
    }

    /// The text for DuckDB; null if the type cannot hold the value exactly.
    @Nullable String toDuck(String text) {
        return switch (type) {
            case Plain.INTERVAL -> {
                byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
                yield interval(PgInterval.parse(bytes, 0, bytes.length));
            }
            case Plain.DATE -> isFinite && text.endsWith("infinity") ? null : text.replace(" BC", " (BC)");
            case Plain.TIME -> isFinite && text.startsWith("24") ? null : text;
            case Plain.TIMESTAMP, Plain.TIMESTAMPTZ -> isFinite && text.endsWith("infinity") ? null : timestamp(text);
            case DuckType.Decimal decimal -> decimal(decimal, text);
            case Plain _, DuckType.ListOf _, DuckType.Foreign _ -> text;
        };
    }

    /// The text that DuckDB reads as the same months, days and microseconds; null for the infinities, which it does not have.
    static @Nullable String interval(PgInterval interval) {
        if (interval.isInfinite()) {
            return null;
        }
        return "%d months %d days %d microseconds".formatted(interval.months(), interval.days(), interval.micros());
    }

    private static @Nullable String timestamp(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        long micros = PgTime.parseTimestamp(bytes, 0, bytes.length);
        boolean fits = micros == PgTime.INFINITY || micros < Long.MAX_VALUE - PgTime.EPOCH_MICROS;
        if (!fits) {
            return null;
        }
        // DuckDB reads BC behind the date, PostgreSQL writes it behind everything.
        return text.endsWith(" BC") ? text.substring(0, text.length() - 3).replaceFirst(" ", " (BC) ") : text;
    }

    private static @Nullable String decimal(DuckType.Decimal type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (PgNumeric.isSpecial((byte) 't', bytes, 0, bytes.length)) {
            return null;
        }
        BigDecimal value = new BigDecimal(text).stripTrailingZeros();
        boolean fits = value.scale() <= type.scale() && value.precision() - value.scale() <= type.width() - type.scale();
        return fits ? text : null;
    }
}
