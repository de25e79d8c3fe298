package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;
import java.nio.charset.StandardCharsets;

/// A value of `interval`: months, days and microseconds, which PostgreSQL keeps apart and so do we.
///
/// Infinite intervals (PostgreSQL 17) have all three parts at their least or greatest.
public record PgInterval(int months, int days, long micros) {

    /// Reads the binary form (`interval_send`).
    public static PgInterval read(byte[] bytes, int offset) {
        return new PgInterval(Tuple.int32(bytes, offset + 12), Tuple.int32(bytes, offset + 8), Tuple.int64(bytes, offset));
    }

    /// Reads the text of the `postgres` style, as in `1 year 2 mons -3 days +04:05:06.7`.
    public static PgInterval parse(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.US_ASCII);
        if (text.equals("infinity")) {
            return new PgInterval(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
        }
        if (text.equals("-infinity")) {
            return new PgInterval(Integer.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE);
        }
        String[] words = text.split(" ");
        long months = 0;
        long days = 0;
        long micros = 0;
        for (int i = 0; i < words.length; i++) {
            if (words[i].indexOf(':') >= 0) {
                micros = clock(words[i]);
                continue;
            }
            long amount = Long.parseLong(words[i]);
            String unit = i + 1 < words.length ? words[++i] : "";
            switch (unit) {
                case "year", "years" -> months += 12 * amount;
                case "mon", "mons" -> months += amount;
                case "day", "days" -> days += amount;
                default -> throw new IllegalArgumentException(
                        "Invalid interval: a part with the unit '" + unit + "' (must be in the postgres style)");
            }
        }
        return new PgInterval(Math.toIntExact(months), Math.toIntExact(days), micros);
    }

    private static long clock(String word) {
        boolean negative = word.startsWith("-");
        String[] parts = word.substring(negative || word.startsWith("+") ? 1 : 0).split("[:.]");
        // Summed below zero, since the least interval has no positive counterpart.
        long micros = -Math.multiplyExact(Long.parseLong(parts[0]), 3_600_000_000L);
        micros = Math.subtractExact(micros, Long.parseLong(parts[1]) * 60_000_000L);
        if (parts.length > 2) {
            micros = Math.subtractExact(micros, Long.parseLong(parts[2]) * 1_000_000L);
        }
        if (parts.length > 3) {
            micros = Math.subtractExact(micros, Long.parseLong((parts[3] + "000000").substring(0, 6)));
        }
        return negative ? micros : Math.negateExact(micros);
    }

    /// Whether this is `infinity` or `-infinity`.
    public boolean isInfinite() {
        return months == Integer.MAX_VALUE && days == Integer.MAX_VALUE && micros == Long.MAX_VALUE
                || months == Integer.MIN_VALUE && days == Integer.MIN_VALUE && micros == Long.MIN_VALUE;
    }

    /// The text of the output function in the `postgres` style.
    public String text() {
        if (isInfinite()) {
            return months > 0 ? "infinity" : "-infinity";
        }
        StringBuilder out = new StringBuilder();
        boolean signed = part(out, months / 12, "year", false);
        signed = part(out, months % 12, "mon", signed);
        signed = part(out, days, "day", signed);
        if (micros != 0 || out.isEmpty()) {
            if (!out.isEmpty()) {
                out.append(' ');
            }
            out.append(micros < 0 ? "-" : signed ? "+" : "");
            clockText(out);
        }
        return out.toString();
    }

    private void clockText(StringBuilder out) {
        long hours = Math.abs(micros / 3_600_000_000L);
        long rest = Math.abs(micros % 3_600_000_000L);
        PgDate.digits(out, hours, 2);
        PgDate.digits(out.append(':'), rest / 60_000_000, 2);
        PgDate.digits(out.append(':'), rest / 1_000_000 % 60, 2);
        PgTime.appendFraction(out, rest % 1_000_000);
    }

    /// Appends a part that is not zero; returns whether the next part must show a plus sign, because this one is negative.
    private static boolean part(StringBuilder out, int amount, String unit, boolean signed) {
        if (amount == 0) {
            return signed;
        }
        if (!out.isEmpty()) {
            out.append(' ');
        }
        out.append(signed && amount > 0 ? "+" : "").append(amount).append(' ').append(unit).append(amount == 1 ? "" : "s");
        return amount < 0;
    }
}
