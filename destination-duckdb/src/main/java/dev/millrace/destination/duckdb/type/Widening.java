package dev.millrace.destination.duckdb.type;

import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgText;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.util.List;
import java.util.Optional;

/// The narrowest type that holds every value of two types exactly, and the SQL that carries a column over to it.
///
/// There always is one: text, at the last.
public final class Widening {

    private static final List<DuckType> INTEGERS = List.of(Plain.SMALLINT, Plain.INTEGER, Plain.BIGINT);

    private Widening() {}

    /// The type that a column must have to hold values of both.
    public static DuckType join(DuckType one, DuckType other) {
        if (one.equals(other)) {
            return one;
        }
        int oneWidth = integerDigits(one);
        int otherWidth = integerDigits(other);
        if (oneWidth > 0 && otherWidth > 0) {
            return joinNumbers(one, oneWidth, other, otherWidth);
        }
        if (isPair(one, other, Plain.FLOAT, Plain.DOUBLE)) {
            return Plain.DOUBLE;
        }
        if (isPair(one, other, Plain.DATE, Plain.TIMESTAMP)) {
            return Plain.TIMESTAMP;
        }
        if (isPair(one, other, Plain.DOUBLE, Plain.INTEGER) || isPair(one, other, Plain.DOUBLE, Plain.SMALLINT)) {
            return Plain.DOUBLE;
        }
        if (one instanceof DuckType.ListOf(DuckType a) && other instanceof DuckType.ListOf(DuckType b)) {
            DuckType element = join(a, b);
            return element == Plain.VARCHAR && a != Plain.VARCHAR && b != Plain.VARCHAR ? Plain.VARCHAR : new DuckType.ListOf(element);
        }
        return Plain.VARCHAR;
    }

    private static DuckType joinNumbers(DuckType one, int oneWidth, DuckType other, int otherWidth) {
        if (INTEGERS.contains(one) && INTEGERS.contains(other)) {
            return INTEGERS.indexOf(one) > INTEGERS.indexOf(other) ? one : other;
        }
        int scale = Math.max(scale(one), scale(other));
        if (scale == 0 && (one == Plain.UINTEGER || other == Plain.UINTEGER) && Math.max(oneWidth, otherWidth) <= 19) {
            return Plain.BIGINT;
        }
        int width = Math.max(oneWidth, otherWidth) + scale;
        return width <= DuckType.Decimal.MAX_WIDTH ? new DuckType.Decimal(width, scale) : Plain.VARCHAR;
    }

    private static boolean isPair(DuckType one, DuckType other, DuckType a, DuckType b) {
        return one.equals(a) && other.equals(b) || one.equals(b) && other.equals(a);
    }

    /// Digits before the point; 0 for a type that is not an exact number.
    private static int integerDigits(DuckType type) {
        return switch (type) {
            case Plain.SMALLINT -> 5;
            case Plain.INTEGER, Plain.UINTEGER -> 10;
            case Plain.BIGINT -> 19;
            case DuckType.Decimal(int width, int scale) -> Math.max(width - scale, 1);
            case Plain _, DuckType.ListOf _, DuckType.Foreign _ -> 0;
        };
    }

    private static int scale(DuckType type) {
        return type instanceof DuckType.Decimal(_, int scale) ? scale : 0;
    }

    /// The SQL expression that carries a column's values over to the wider type, as PostgreSQL would write them where that is text.
    ///
    /// @param column the expression or quoted name of the column
    public static String carry(String column, DuckType from, DuckType to) {
        return carry(column, from, to, false);
    }

    /// The same for a column of that type at the source, if it is known: it decides how numbers are printed.
    public static String carry(String column, Optional<SourceType> type, DuckType from, DuckType to) {
        return carry(column, from, to, type.filter(PgText::hasAllDigits).isPresent());
    }

    private static String carry(String column, DuckType from, DuckType to, boolean allDigits) {
        if (to != Plain.VARCHAR) {
            return "CAST(%s AS %s)".formatted(column, to.sql());
        }
        return switch (from) {
            case Plain.BLOB -> "'\\x' || lower(hex(%s))".formatted(column);
            case Plain.DATE, Plain.TIMESTAMP, Plain.TIMESTAMPTZ ->
                // DuckDB says BC behind the date, PostgreSQL behind everything.
                "replace(CAST(%1$s AS VARCHAR), ' (BC)', '') || CASE WHEN contains(CAST(%1$s AS VARCHAR), ' (BC)') THEN ' BC' ELSE '' END"
                        .formatted(column);
            case Plain.FLOAT -> (allDigits ? TextFunctions.FLOAT4_ALL_DIGITS : TextFunctions.FLOAT4).of(column);
            case Plain.DOUBLE -> (allDigits ? TextFunctions.FLOAT8_ALL_DIGITS : TextFunctions.FLOAT8).of(column);
            case Plain.INTERVAL -> TextFunctions.INTERVAL.of(parts(column));
            case Plain _, DuckType.Foreign _ -> "CAST(%s AS VARCHAR)".formatted(column);
            case DuckType.Decimal decimal -> decimal.equals(DuckTypes.OPEN_NUMERIC)
                    ? "rtrim(rtrim(CAST(%s AS VARCHAR), '0'), '.')".formatted(column)
                    : "CAST(%s AS VARCHAR)".formatted(column);
            case DuckType.ListOf(DuckType element) -> """
                    CASE WHEN %1$s IS NOT NULL THEN '{' || array_to_string(list_transform(%1$s, lambda x: CASE
                        WHEN x IS NULL THEN 'NULL'
                        WHEN regexp_matches(%2$s, '^$|[{},"\\\\\\s\\x0B]|^(?i:null)$')
                            THEN '"' || replace(replace(%2$s, '\\', '\\\\'), '"', '\\"') || '"'
                        ELSE %2$s END), ',') || '}' END""".formatted(column, element("x", element, allDigits));
        };
    }

    /// An element's text as it stands in an array, where a boolean is not spelt out as it is where a column is cast.
    private static String element(String value, DuckType type, boolean allDigits) {
        return type == Plain.BOOLEAN ? "CASE WHEN %s THEN 't' ELSE 'f' END".formatted(value) : carry(value, type, Plain.VARCHAR, allDigits);
    }

    /// An interval as `months days microseconds`.
    private static String parts(String value) {
        return ("(datepart('year', %1$s) * 12 + datepart('month', %1$s)) || ' ' || datepart('day', %1$s) || ' ' || (datepart('hour', %1$s)"
                        + " * 3600000000 + datepart('minute', %1$s) * 60000000 + datepart('microsecond', %1$s))")
                .formatted(value);
    }
}
