package dev.millrace.core.value;

import java.math.BigDecimal;
import java.util.Locale;

/// Amounts of `money`: a whole number of the smallest unit, of which the source's `lc_monetary` says how many decimals it stands for.
///
/// Our sessions have `lc_monetary = 'C'`, in whose text two decimals are shown whatever they stand for: `-$1,234.50`.
public final class PgMoney {

    private PgMoney() {}

    /// The amount in the smallest unit, from the text of any locale that writes its digits from 0 to 9.
    static long units(String text) {
        boolean negative = text.indexOf('-') >= 0 || text.indexOf('(') >= 0;
        // Summed below zero, since the least amount has no positive counterpart.
        long units = 0;
        boolean hasDigits = false;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit >= 0 && digit <= 9) {
                hasDigits = true;
                units = exactly(units, digit);
            }
        }
        if (!hasDigits || units == Long.MIN_VALUE && !negative) {
            throw new MalformedValue("Invalid money: %d characters (must be an amount)".formatted(text.length()));
        }
        return negative ? units : -units;
    }

    private static long exactly(long units, int digit) {
        try {
            return Math.subtractExact(Math.multiplyExact(units, 10), digit);
        } catch (ArithmeticException _) {
            throw new MalformedValue("Invalid money: more than 64 bits");
        }
    }

    /// The amount as a plain decimal number.
    ///
    /// @param decimals as [dev.millrace.core.shape.SourceType.Scalar#modifier] has them
    static String decimal(long units, int decimals) {
        return BigDecimal.valueOf(units, Math.max(decimals, 0)).toPlainString();
    }

    /// The text of the output function in our sessions, for what [#decimal] gave.
    static String printed(String decimal) {
        BigDecimal amount = new BigDecimal(new BigDecimal(decimal).unscaledValue(), 2);
        return (amount.signum() < 0 ? "-$" : "$") + String.format(Locale.ROOT, "%,.2f", amount.abs());
    }
}
