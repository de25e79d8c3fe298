package dev.millrace.destination.duckdb.vector;

import java.math.BigInteger;
import org.duckdb.DuckDBWritableVector;

/// Where a [ColumnWriter] puts the values of one chunk: one vector at a time, rows in ascending order. Belongs to one column.
///
/// Times are DuckDB's: days and microseconds since 1970, infinities as DuckDB has them.
abstract class VectorTarget {

    abstract void begin(DuckDBWritableVector vector);

    abstract void setNull(int row);

    abstract void setBoolean(int row, boolean value);

    abstract void setShort(int row, short value);

    abstract void setInt(int row, int value);

    /// An unsigned 32-bit number.
    abstract void setUnsignedInt(int row, int value);

    abstract void setLong(int row, long value);

    abstract void setFloat(int row, float value);

    abstract void setDouble(int row, double value);

    abstract void setDate(int row, int days);

    abstract void setTimestamp(int row, long micros);

    abstract void setTimestampTz(int row, long micros);

    abstract void setDecimal(int row, long unscaled);

    abstract void setDecimal(int row, BigInteger unscaled);

    /// A text whose bytes are known to be UTF-8; they are copied before [#finish] returns.
    abstract void setUtf8(int row, byte[] bytes, int offset, int length);

    /// Ends the chunk.
    abstract void finish(int rows);
}
