package dev.millrace.destination.duckdb.vector;

import dev.millrace.destination.duckdb.type.DuckType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/// Writes through the driver's public setters: always right, at the cost of an object for most values.
final class SetterTarget extends VectorTarget {

    private final int scale;
    private @Nullable DuckDBWritableVector vector;
    private byte @Nullable [] @Nullable [] texts;

    SetterTarget(DuckType type) {
        scale = type instanceof DuckType.Decimal(_, int digits) ? digits : 0;
    }

    @Override
    void begin(DuckDBWritableVector next) {
        vector = next;
        texts = null;
    }

    private DuckDBWritableVector vector() {
        if (vector == null) {
            throw new IllegalStateException("Invalid use of a target: no vector (must begin first)");
        }
        return vector;
    }

    @Override
    void setNull(int row) {
        vector().setNull(row);
    }

    @Override
    void setBoolean(int row, boolean value) {
        vector().setBoolean(row, value);
    }

    @Override
    void setShort(int row, short value) {
        vector().setShort(row, value);
    }

    @Override
    void setInt(int row, int value) {
        vector().setInt(row, value);
    }

    @Override
    void setUnsignedInt(int row, int value) {
        vector().setUint32(row, Integer.toUnsignedLong(value));
    }

    @Override
    void setLong(int row, long value) {
        vector().setLong(row, value);
    }

    @Override
    void setFloat(int row, float value) {
        vector().setFloat(row, value);
    }

    @Override
    void setDouble(int row, double value) {
        vector().setDouble(row, value);
    }

    @Override
    void setDate(int row, int days) {
        vector().setDate(row, LocalDate.ofEpochDay(days));
    }

    @Override
    void setTimestamp(int row, long micros) {
        long second = Math.floorDiv(micros, 1_000_000L);
        int nanos = (int) Math.floorMod(micros, 1_000_000L) * 1000;
        vector().setTimestamp(row, LocalDateTime.ofEpochSecond(second, nanos, ZoneOffset.UTC));
    }

    @Override
    void setTimestampTz(int row, long micros) {
        long second = Math.floorDiv(micros, 1_000_000L);
        Instant instant = Instant.ofEpochSecond(second, Math.floorMod(micros, 1_000_000L) * 1000);
        vector().setOffsetDateTime(row, instant.atOffset(ZoneOffset.UTC));
    }

    @Override
    void setDecimal(int row, long unscaled) {
        vector().setBigDecimal(row, BigDecimal.valueOf(unscaled, scale));
    }

    @Override
    void setDecimal(int row, BigInteger unscaled) {
        vector().setBigDecimal(row, new BigDecimal(unscaled, scale));
    }

    @Override
    void setUtf8(int row, byte[] bytes, int offset, int length) {
        if (texts == null) {
            texts = new byte[RowBlock.CAPACITY][];
        }
        texts[row] = Arrays.copyOfRange(bytes, offset, offset + length);
    }

    @Override
    @SuppressWarnings("NullAway") // the driver takes null for a null
    void finish(int rows) {
        if (texts != null) {
            vector().setStringUtf8Batch(0, Arrays.copyOf(texts, rows));
        }
        vector = null;
    }
}
