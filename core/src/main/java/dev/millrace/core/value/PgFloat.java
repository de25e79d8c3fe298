package dev.millrace.core.value;

import java.math.BigDecimal;

/// Floating-point numbers in the text of PostgreSQL 12 and later: the shortest digits that read back as the same number.
public final class PgFloat {

    private PgFloat() {}

    /// The text of a `float8`.
    public static String text(double value) {
        return Double.isFinite(value) ? shortest(Double.toString(value), 15) : special(value);
    }

    /// The text of a `float4`.
    public static String text(float value) {
        return Float.isFinite(value) ? shortest(Float.toString(value), 6) : special(value);
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    }

    /// Sets Java's shortest digits as PostgreSQL does: an exponent below 1e-4 and from 10^limit on.
    private static String shortest(String java, int limit) {
        BigDecimal value = new BigDecimal(java).stripTrailingZeros();
        String sign = java.startsWith("-") ? "-" : "";
        if (value.signum() == 0) {
            return sign + "0";
        }
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= -4 && exponent < limit) {
            return value.toPlainString();
        }
        String digits = value.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return "%s%se%s%02d".formatted(sign, mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
