package dev.millrace.destination.postgres.type;

import dev.millrace.postgres.sql.PrintedValue;
import java.util.List;

/// The narrowest type that holds every value of two types exactly, and the SQL that carries a column over to it.
///
/// There always is one: text, at the last.
public final class Widening {

    private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");
    private static final List<Integer> DIGITS = List.of(5, 10, 19);
    private static final List<String> TEXTS = List.of("character varying", "text", "name");
    private static final int MAX_PRECISION = 1000;

    private Widening() {}

    /// The type that a column must have to hold values of both.
    public static TargetType join(TargetType one, TargetType other) {
        if (one.equals(other)) {
            return one;
        }
        String a = one.base();
        String b = other.base();
        if (isExact(a) && isExact(b)) {
            return joinNumbers(one, other);
        }
        if (TEXTS.contains(a) && TEXTS.contains(b)) {
            return a.equals(b) && one.length().isPresent() && other.length().isPresent()
                    ? one.length().get() > other.length().get() ? one : other
                    : a.equals(b) ? new TargetType(a) : TargetType.TEXT;
        }
        if (isPair(a, b, "real", "double precision")) {
            return new TargetType("double precision");
        }
        if (isPair(a, b, "bit", "bit varying") || a.equals(b) && a.equals("bit")) {
            return new TargetType("bit varying");
        }
        // One is of a shorter length or precision.
        return a.equals(b) && !a.equals("character") ? new TargetType(a) : TargetType.TEXT;
    }

    private static boolean isExact(String base) {
        return INTEGERS.contains(base) || base.equals("numeric");
    }

    private static TargetType joinNumbers(TargetType one, TargetType other) {
        if (INTEGERS.contains(one.sql()) && INTEGERS.contains(other.sql())) {
            return INTEGERS.indexOf(one.sql()) > INTEGERS.indexOf(other.sql()) ? one : other;
        }
        if (one.equals(TargetType.NUMERIC) || other.equals(TargetType.NUMERIC)) {
            return TargetType.NUMERIC;
        }
        int scale = Math.max(one.scale().orElse(0), other.scale().orElse(0));
        int precision = Math.max(wholeDigits(one), wholeDigits(other)) + scale;
        boolean plain = scale >= 0 && scale <= precision && precision <= MAX_PRECISION;
        return plain ? new TargetType("numeric(%d,%d)".formatted(precision, scale)) : TargetType.NUMERIC;
    }

    /// Digits before the point.
    private static int wholeDigits(TargetType type) {
        int integer = INTEGERS.indexOf(type.sql());
        return integer >= 0 ? DIGITS.get(integer) : type.length().orElse(MAX_PRECISION) - type.scale().orElse(0);
    }

    private static boolean isPair(String one, String other, String a, String b) {
        return one.equals(a) && other.equals(b) || one.equals(b) && other.equals(a);
    }

    /// The SQL expression that carries a column's values over to the wider type, as PostgreSQL would print them where that is text.
    ///
    /// @param column the expression or quoted name of the column
    public static String carry(String column, TargetType from, TargetType to) {
        if (from.equals(to)) {
            return column;
        }
        return to.equals(TargetType.TEXT) ? PrintedValue.of(column) : "%s::%s".formatted(column, to.sql());
    }
}
