package dev.millrace.core.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Floating-point numbers in the text of PostgreSQL 12 and later: the shortest digits that read back as the same number; and in that of
/// PostgreSQL 11, which prints more digits than it takes.
public final class PgFloat {

    /* Java's digits are the shortest too, but it also takes a number that lies exactly halfway to the neighbour, which PostgreSQL does
     * not. Such a number can only have few digits where the neighbours are whole numbers. And Java prefers two digits to one, if they
     * are nearer. */

    private static final double WHOLE_DOUBLES = 0x1p53;
    private static final float WHOLE_FLOATS = 0x1p24f;
    private static final BigDecimal HALF = new BigDecimal("0.5");

    private PgFloat() {}

    /// The text of a `float8`.
    public static String text(double value) {
        if (!Double.isFinite(value)) {
            return special(value);
        }
        BigDecimal digits = new BigDecimal(Double.toString(value));
        BigDecimal one = oneDigit(digits, value);
        if (one.doubleValue() == value) {
            digits = one;
        }
        if (Math.abs(value) >= WHOLE_DOUBLES) {
            BigDecimal below = new BigDecimal(Math.ulp(Math.nextDown(Math.abs(value))));
            digits = strictlyNearest(digits, new BigDecimal(value), below, new BigDecimal(Math.ulp(value)));
        }
        return shortest(digits, isNegative(value), 15);
    }

    /// The text of a `float4`.
    public static String text(float value) {
        if (!Float.isFinite(value)) {
            return special(value);
        }
        BigDecimal digits = new BigDecimal(Float.toString(value));
        BigDecimal one = oneDigit(digits, value);
        if (one.floatValue() == value) {
            digits = one;
        }
        if (Math.abs(value) >= WHOLE_FLOATS) {
            BigDecimal below = new BigDecimal(Math.ulp(Math.nextDown(Math.abs(value))));
            digits = strictlyNearest(digits, new BigDecimal(value), below, new BigDecimal(Math.ulp(value)));
        }
        return shortest(digits, isNegative(value), 6);
    }

    /// The text that PostgreSQL 11 makes of a `float8` with `extra_float_digits = 3`.
    public static String allDigits(double value) {
        return printed(value, 18);
    }

    /// The text that PostgreSQL 11 makes of a `float4`.
    public static String allDigits(float value) {
        return printed(value, 9);
    }

    /// What C's `printf` makes of it by `%.*g`.
    private static String printed(double value, int digits) {
        return Double.isFinite(value)
                ? shortest(new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN)), isNegative(value), digits)
                : special(value);
    }

    /// The nearest number of one digit, if there are two.
    private static BigDecimal oneDigit(BigDecimal digits, double value) {
        boolean hasTwo = digits.stripTrailingZeros().precision() == 2;
        return hasTwo ? new BigDecimal(value).round(new MathContext(1, RoundingMode.HALF_EVEN)) : digits;
    }

    private static boolean isNegative(double value) {
        return Double.doubleToRawLongBits(value) < 0;
    }

    /// The fewest digits, from those of `first` on, that lie nearer to `exact` than halfway to its neighbours.
    ///
    /// @param below the distance to the neighbour nearer to zero
    /// @param above the distance to the other neighbour
    private static BigDecimal strictlyNearest(BigDecimal first, BigDecimal exact, BigDecimal below, BigDecimal above) {
        BigDecimal candidate = first;
        for (int digits = first.stripTrailingZeros().precision(); !isNear(candidate, exact, below, above); ) {
            candidate = exact.round(new MathContext(++digits, RoundingMode.HALF_EVEN));
        }
        return candidate;
    }

    private static boolean isNear(BigDecimal candidate, BigDecimal exact, BigDecimal below, BigDecimal above) {
        BigDecimal distance = candidate.abs().subtract(exact.abs());
        return distance.signum() < 0
                ? distance.negate().compareTo(below.multiply(HALF)) < 0
                : distance.compareTo(above.multiply(HALF)) < 0;
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    }

    /// Sets digits as PostgreSQL does: with an exponent below 1e-4 and from 10^limit on.
    private static String shortest(BigDecimal digits, boolean isNegative, int limit) {
        BigDecimal value = digits.abs().stripTrailingZeros();
        String sign = isNegative ? "-" : "";
        if (value.signum() == 0) {
            return sign + "0";
        }
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= -4 && exponent < limit) {
            return sign + value.toPlainString();
        }
        String plain = value.unscaledValue().toString();
        String mantissa = plain.length() == 1 ? plain : plain.charAt(0) + "." + plain.substring(1);
        return "%s%se%s%02d".formatted(sign, mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
