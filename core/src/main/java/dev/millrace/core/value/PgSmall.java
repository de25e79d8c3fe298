package dev.millrace.core.value;

import java.util.HexFormat;
import java.util.function.Function;

/// Types of which there is little to say: their text from the binary form.
final class PgSmall {

    private static final int BITS_A_BYTE = 8;

    private PgSmall() {}

    /// `"char"`: one byte; nothing for zero, octal digits for what is not ASCII.
    static String character(FieldReader in) {
        int value = in.int8() & 0xFF;
        if (value == 0) {
            return "";
        }
        return value < 0x80 ? Character.toString(value) : "\\%03o".formatted(value);
    }

    /// `macaddr` and `macaddr8`.
    static String hexWithColons(FieldReader in, int bytes) {
        int start = in.skip(bytes);
        return HexFormat.ofDelimiter(":").formatHex(in.bytes(), start, start + bytes);
    }

    /// `bit` and `varbit`: their number, then the bits from the left.
    static String bits(FieldReader in) {
        int count = in.int32();
        int bytes = in.left();
        if (count < 0 || (count + (long) BITS_A_BYTE - 1) / BITS_A_BYTE != bytes) {
            throw new MalformedValue("Invalid bits: %d in %d bytes (must fill them)".formatted(count, bytes));
        }
        int start = in.skip(bytes);
        char[] text = new char[count];
        for (int i = 0; i < count; i++) {
            text[i] = (in.bytes()[start + i / BITS_A_BYTE] >> 7 - i % BITS_A_BYTE & 1) == 0 ? '0' : '1';
        }
        return new String(text);
    }

    /// `pg_snapshot`: the transactions in progress, then the bounds, stand behind their number.
    static String snapshot(FieldReader in) {
        int count = in.count(Long.BYTES);
        StringBuilder out = new StringBuilder();
        out.append(in.int64()).append(':').append(in.int64()).append(':');
        for (int i = 0; i < count; i++) {
            out.append(i > 0 ? "," : "").append(in.int64());
        }
        return out.toString();
    }

    /// `int2vector` and `oidvector`: sent as arrays, printed with blanks between.
    static String vector(FieldReader in, Function<FieldReader, String> element) {
        if (in.int32() != 1) {
            throw new MalformedValue("Invalid vector: not of one dimension");
        }
        in.skip(8);
        int count = in.int32();
        in.skip(4);
        if (count < 0 || (long) count * 4 > in.left()) {
            throw new MalformedValue("Invalid vector: %d elements in %d bytes".formatted(count, in.left()));
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int length = in.int32();
            FieldReader part = new FieldReader(in.bytes(), in.skip(length), length);
            out.append(i > 0 ? " " : "").append(element.apply(part));
            part.expectEnd();
        }
        return out.toString();
    }
}
