package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Values of `numeric`, in binary (`numeric_send`: base-10000 digits) and in text.
public final class PgNumeric {

    /// What the unscaled readers give when the value needs the exact path: too large, more decimals than asked for, or special.
    public static final long NOT_SHORT = Long.MIN_VALUE;

    private static final int HEADER = 8;
    private static final int NEGATIVE = 0x4000;
    private static final int SPECIAL = 0xC000;
    private static final int NAN = 0xC000;
    private static final int INFINITY = 0xD000;
    private static final BigInteger TEN_THOUSAND = BigInteger.valueOf(10_000);
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private PgNumeric() {}

    /// The binary value times 10^scale if that is a whole number below 10^18 and easily found, otherwise [#NOT_SHORT].
    public static long unscaledBinary(byte[] bytes, int offset, int length, int scale) {
        int digits = length < HEADER ? -1 : Tuple.int16(bytes, offset);
        if (length != HEADER + 2 * digits) {
            return NOT_SHORT;
        }
        if (digits == 0) {
            return (Tuple.int16(bytes, offset + 4) & SPECIAL) == SPECIAL ? NOT_SHORT : 0;
        }
        int weight = Tuple.int16(bytes, offset + 2);
        int sign = Tuple.int16(bytes, offset + 4) & 0xFFFF;
        if ((sign & SPECIAL) == SPECIAL || 4 * (weight + 1) + scale > 18 || weight < -5) {
            return NOT_SHORT;
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Tuple.int16(bytes, offset + 8 + 2 * i);
            int shift = 4 * (weight - i) + scale;
            if (digit < 0 || digit > 9999) {
                return NOT_SHORT;
            }
            if (shift >= 0) {
                value += digit * POWERS[shift];
            } else if (shift > -4 && digit % POWERS[-shift] == 0) {
                value += digit / POWERS[-shift];
            } else {
                return NOT_SHORT;
            }
        }
        return sign == NEGATIVE ? -value : value;
    }

    /// The text value times 10^scale if that is a whole number below 10^18 and easily found, otherwise [#NOT_SHORT].
    public static long unscaledText(byte[] bytes, int offset, int length, int scale) {
        int at = offset;
        int end = offset + length;
        boolean negative = length > 0 && bytes[at] == '-';
        if (negative) {
            at++;
        }
        long value = 0;
        int digits = 0;
        int decimals = -1;
        for (; at < end; at++) {
            int c = bytes[at];
            if (c == '.' && decimals < 0) {
                decimals = 0;
                continue;
            }
            if (c < '0' || c > '9' || ++digits > 18) {
                return NOT_SHORT;
            }
            if (decimals >= scale && c != '0') {
                return NOT_SHORT;
            }
            if (decimals < scale) {
                value = value * 10 + (c - '0');
            }
            if (decimals >= 0) {
                decimals++;
            }
        }
        int missing = scale - Math.max(decimals, 0);
        if (missing > 0) {
            if (digits + missing > 18) {
                return NOT_SHORT;
            }
            value *= POWERS[missing];
        }
        return negative ? -value : value;
    }

    /// Whether the value is NaN or an infinity.
    public static boolean isSpecial(byte kind, byte[] bytes, int offset, int length) {
        if (kind == Tuple.TEXT) {
            byte last = length == 0 ? 0 : bytes[offset + length - 1];
            return last < '0' || last > '9';
        }
        check(bytes, offset, length);
        return (Tuple.int16(bytes, offset + 4) & SPECIAL) == SPECIAL;
    }

    /// The exact value, with the scale that PostgreSQL shows; not for special values.
    public static BigDecimal decimal(byte kind, byte[] bytes, int offset, int length) {
        if (kind == Tuple.TEXT) {
            return parse(bytes, offset, length);
        }
        check(bytes, offset, length);
        int digits = Tuple.int16(bytes, offset);
        int weight = Tuple.int16(bytes, offset + 2);
        boolean negative = (Tuple.int16(bytes, offset + 4) & 0xFFFF) == NEGATIVE;
        int scale = Tuple.int16(bytes, offset + 6);
        if (digits == 0) {
            return BigDecimal.valueOf(0, scale);
        }
        char[] plain = new char[4 * digits];
        for (int i = 0; i < digits; i++) {
            int digit = Tuple.int16(bytes, offset + 8 + 2 * i);
            for (int place = 3; place >= 0; place--) {
                plain[4 * i + place] = (char) ('0' + digit % 10);
                digit /= 10;
            }
        }
        BigInteger unscaled = new BigInteger(new String(plain));
        BigDecimal value = new BigDecimal(negative ? unscaled.negate() : unscaled, 4 * (digits - 1 - weight));
        try {
            return value.setScale(scale, RoundingMode.UNNECESSARY);
        } catch (ArithmeticException _) {
            throw new MalformedValue("Invalid number: digits beyond its scale of " + scale);
        }
    }

    /// Only what PostgreSQL writes: an exponent of nine digits would make a text of a gigabyte.
    private static BigDecimal parse(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            boolean isPlain = bytes[i] >= '0' && bytes[i] <= '9' || bytes[i] == '.' || bytes[i] == '-';
            if (!isPlain) {
                throw new MalformedValue("Invalid number: a text of %d characters (must be plain)".formatted(length));
            }
        }
        try {
            return new BigDecimal(new String(bytes, offset, length, StandardCharsets.US_ASCII));
        } catch (NumberFormatException _) {
            throw new MalformedValue("Invalid number: a text of %d characters (must be plain)".formatted(length));
        }
    }

    private static void check(byte[] bytes, int offset, int length) {
        int digits = length < HEADER ? -1 : Tuple.int16(bytes, offset);
        boolean isWhole = digits >= 0 && length == HEADER + 2 * digits && Tuple.int16(bytes, offset + 6) >= 0;
        for (int i = 0; isWhole && i < digits; i++) {
            int digit = Tuple.int16(bytes, offset + HEADER + 2 * i);
            isWhole = digit >= 0 && digit < 10_000;
        }
        if (!isWhole) {
            throw new MalformedValue("Invalid number: %d bytes that are no digits of base 10000".formatted(length));
        }
    }

    /// The text of the output function.
    public static String text(byte[] bytes, int offset, int length) {
        check(bytes, offset, length);
        int sign = Tuple.int16(bytes, offset + 4) & 0xFFFF;
        if ((sign & SPECIAL) == SPECIAL) {
            return sign == NAN ? "NaN" : sign == INFINITY ? "Infinity" : "-Infinity";
        }
        return decimal(Tuple.BINARY, bytes, offset, length).toPlainString();
    }

    /// The bytes of the send function for a value's text.
    public static byte[] binary(String text) {
        if (text.equals("NaN")) {
            return header(0, 0, NAN, 0).array();
        }
        if (text.endsWith("Infinity")) {
            return header(0, 0, text.startsWith("-") ? 0xF000 : INFINITY, 0).array();
        }
        BigDecimal value = new BigDecimal(text);
        int scale = Math.max(value.scale(), 0);
        int sign = value.signum() < 0 ? NEGATIVE : 0;
        int places = (scale + 3) / 4;
        BigInteger rest = value.abs().movePointRight(4 * places).toBigIntegerExact();
        short[] digits = new short[rest.toString().length() / 4 + 1];
        int count = 0;
        for (; rest.signum() > 0; rest = rest.divide(TEN_THOUSAND)) {
            digits[count++] = rest.mod(TEN_THOUSAND).shortValue();
        }
        int last = 0;
        while (last < count && digits[last] == 0) {
            last++;
        }
        ByteBuffer out = header(count - last, count == 0 ? 0 : count - 1 - places, sign, scale);
        for (int i = count - 1; i >= last; i--) {
            out.putShort(digits[i]);
        }
        return out.array();
    }

    private static ByteBuffer header(int digits, int weight, int sign, int scale) {
        return ByteBuffer.allocate(8 + 2 * digits)
                .putShort((short) digits)
                .putShort((short) weight)
                .putShort((short) sign)
                .putShort((short) scale);
    }
}
