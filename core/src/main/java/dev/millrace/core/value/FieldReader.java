package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;
import java.nio.charset.StandardCharsets;

/// Walks over the bytes of one value in binary and never beyond them. Belongs to one thread.
final class FieldReader {

    private final byte[] bytes;
    private final int end;
    private int at;

    FieldReader(byte[] bytes, int offset, int length) {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw new MalformedValue("Invalid value: %d bytes at %d (must lie within %d)".formatted(length, offset, bytes.length));
        }
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    byte[] bytes() {
        return bytes;
    }

    int left() {
        return end - at;
    }

    /// Passes some bytes; returns where they begin.
    int skip(int count) {
        if (count < 0 || count > end - at) {
            throw new MalformedValue("Invalid value: a part of %d bytes (must be at most %d)".formatted(count, end - at));
        }
        int start = at;
        at += count;
        return start;
    }

    int int8() {
        return bytes[skip(1)];
    }

    int int16() {
        return Tuple.int16(bytes, skip(2));
    }

    int int32() {
        return Tuple.int32(bytes, skip(4));
    }

    long int64() {
        return Tuple.int64(bytes, skip(8));
    }

    double float64() {
        return Double.longBitsToDouble(int64());
    }

    /// A number of parts that follow.
    ///
    /// @param least how many bytes each has at the least
    int count(int least) {
        int count = int32();
        if (count < 0 || (long) count * least > left()) {
            throw new MalformedValue("Invalid value: %d parts in %d bytes (each has at least %d)".formatted(count, left(), least));
        }
        return count;
    }

    /// Text of so many bytes.
    String text(int count) {
        return new String(bytes, skip(count), count, StandardCharsets.UTF_8);
    }

    /// Text up to a zero byte.
    String zeroTerminated() {
        int stop = at;
        while (stop < end && bytes[stop] != 0) {
            stop++;
        }
        String text = text(stop - at);
        skip(1);
        return text;
    }

    void expectEnd() {
        if (at != end) {
            throw new MalformedValue("Invalid value: %d bytes behind its end (must be none)".formatted(end - at));
        }
    }
}
