package dev.millrace.destination.duckdb.vector;

import dev.millrace.destination.duckdb.type.DuckType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBWritableVector;

/// Writes into the memory of the vector itself, as the C API documents its layout.
///
/// The driver gives no public access to that memory, so this reads two of its private fields; [#access] says whether they are there,
/// and [DirectCheck] whether what is written is what DuckDB reads. A long text lies in memory of ours until the next chunk, which a
/// statement that inserts or joins has copied by then.
final class DirectTarget extends VectorTarget {

    /* A text of up to 12 bytes lies in its 16-byte cell behind its length; a longer one has there its first 4 bytes and its address. */

    private static final int INLINE = 12;
    private static final int FIRST_TEXTS = 1 << 16;

    /// The driver's private fields.
    record Access(VarHandle data, VarHandle validity) {}

    private final Access access;
    private final int decimalWidth;
    private MemorySegment data = MemorySegment.NULL;
    private MemorySegment validity = MemorySegment.NULL;
    private MemorySegment texts;
    private long textsUsed;
    private final List<MemorySegment> fullTexts = new ArrayList<>();

    DirectTarget(Access access, DuckType type) {
        this.access = access;
        this.decimalWidth = type instanceof DuckType.Decimal(int width, _) ? width : 0;
        this.texts = type == DuckType.Plain.VARCHAR ? Arena.ofAuto().allocate(FIRST_TEXTS) : MemorySegment.NULL;
    }

    /// The way to a vector's memory; empty if this version of the driver has none that we know.
    static Optional<Access> access() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(DuckDBWritableVector.class, MethodHandles.lookup());
            return Optional.of(new Access(
                    lookup.findVarHandle(DuckDBWritableVector.class, "data", ByteBuffer.class),
                    lookup.findVarHandle(DuckDBWritableVector.class, "validity", ByteBuffer.class)));
        } catch (ReflectiveOperationException | RuntimeException _) {
            return Optional.empty();
        }
    }

    @Override
    void begin(DuckDBWritableVector vector) {
        data = MemorySegment.ofBuffer(((ByteBuffer) access.data().get(vector)).clear());
        validity = MemorySegment.ofBuffer(((ByteBuffer) access.validity().get(vector)).clear());
        validity.fill((byte) 0xFF);
        textsUsed = 0;
        fullTexts.clear();
    }

    @Override
    void setNull(int row) {
        long at = row >>> 6 << 3;
        long bits = validity.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        validity.set(ValueLayout.JAVA_LONG_UNALIGNED, at, bits & ~(1L << row));
    }

    @Override
    void setBoolean(int row, boolean value) {
        data.set(ValueLayout.JAVA_BYTE, row, (byte) (value ? 1 : 0));
    }

    @Override
    void setShort(int row, short value) {
        data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * row, value);
    }

    @Override
    void setInt(int row, int value) {
        data.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * row, value);
    }

    @Override
    void setUnsignedInt(int row, int value) {
        setInt(row, value);
    }

    @Override
    void setLong(int row, long value) {
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * row, value);
    }

    @Override
    void setFloat(int row, float value) {
        setInt(row, Float.floatToRawIntBits(value));
    }

    @Override
    void setDouble(int row, double value) {
        setLong(row, Double.doubleToRawLongBits(value));
    }

    @Override
    void setDate(int row, int days) {
        setInt(row, days);
    }

    @Override
    void setTimestamp(int row, long micros) {
        setLong(row, micros);
    }

    @Override
    void setTimestampTz(int row, long micros) {
        setLong(row, micros);
    }

    @Override
    void setDecimal(int row, long unscaled) {
        if (decimalWidth > 18) {
            setWide(row, unscaled, unscaled >> 63);
        } else if (decimalWidth > 9) {
            setLong(row, unscaled);
        } else if (decimalWidth > 4) {
            setInt(row, (int) unscaled);
        } else {
            setShort(row, (short) unscaled);
        }
    }

    @Override
    void setDecimal(int row, BigInteger unscaled) {
        if (decimalWidth > 18) {
            setWide(row, unscaled.longValue(), unscaled.shiftRight(64).longValue());
        } else {
            setDecimal(row, unscaled.longValueExact());
        }
    }

    private void setWide(int row, long low, long high) {
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, 16L * row, low);
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, 16L * row + 8, high);
    }

    @Override
    void setUtf8(int row, byte[] bytes, int offset, int length) {
        long cell = 16L * row;
        data.set(ValueLayout.JAVA_INT_UNALIGNED, cell, length);
        if (length <= INLINE) {
            MemorySegment.copy(bytes, offset, data, ValueLayout.JAVA_BYTE, cell + 4, length);
            return;
        }
        MemorySegment.copy(bytes, offset, data, ValueLayout.JAVA_BYTE, cell + 4, 4);
        long at = room(length);
        MemorySegment.copy(bytes, offset, texts, ValueLayout.JAVA_BYTE, at, length);
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, cell + 8, texts.address() + at);
    }

    /// Where the next text goes. Memory that is full is kept until the chunk's end, since cells point into it.
    private long room(int length) {
        if (textsUsed + length > texts.byteSize()) {
            fullTexts.add(texts);
            texts = Arena.ofAuto().allocate(Math.max(2 * texts.byteSize(), length));
            textsUsed = 0;
        }
        long at = textsUsed;
        textsUsed += length;
        return at;
    }

    @Override
    void finish(int rows) {
        data = MemorySegment.NULL;
        validity = MemorySegment.NULL;
    }
}
