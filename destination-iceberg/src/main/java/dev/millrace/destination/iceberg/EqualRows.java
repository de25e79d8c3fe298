package dev.millrace.destination.iceberg;

import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The SQL that pairs the equal rows of two relations off: each row of one with one row of the other at the most.
final class EqualRows {

    /// A relation.
    ///
    /// @param sql of it
    /// @param values the expressions that are compared, in the same order on both sides
    /// @param told further columns that are told of a row
    record Side(String sql, List<String> values, List<String> told) {}

    private EqualRows() {}

    /// A value in a form in which it is equal to what is the same only: 0 is not -0.
    static String comparable(String value, DuckType type) {
        return innermost(type) == Plain.FLOAT || innermost(type) == Plain.DOUBLE ? "CAST(%s AS VARCHAR)".formatted(value) : value;
    }

    private static DuckType innermost(DuckType type) {
        return type instanceof DuckType.ListOf(DuckType element) ? innermost(element) : type;
    }

    /// The SQL of a relation with the told columns of both rows of each pair.
    static String pairs(Side one, Side other) {
        String same = IntStream.range(0, one.values().size())
                .mapToObj(i -> " AND a.v%1$d IS NOT DISTINCT FROM b.v%1$d".formatted(i))
                .collect(Collectors.joining());
        return "SELECT %s, %s FROM %s AS a JOIN %s AS b ON a.h = b.h AND a.k = b.k%s"
                .formatted(told("a", one), told("b", other), numbered(one), numbered(other), same);
    }

    private static String told(String alias, Side side) {
        return side.told().stream().map(column -> alias + "." + column).collect(Collectors.joining(", "));
    }

    private static String numbered(Side side) {
        String values = IntStream.range(0, side.values().size())
                .mapToObj(i -> "%s AS v%d".formatted(side.values().get(i), i))
                .collect(Collectors.joining(", "));
        String names = IntStream.range(0, side.values().size()).mapToObj(i -> "v" + i).collect(Collectors.joining(", "));
        return "(SELECT *, row_number() OVER (PARTITION BY h) AS k FROM (SELECT *, hash(%s) AS h FROM (SELECT %s, %s FROM %s)))"
                .formatted(names, String.join(", ", side.told()), values, side.sql());
    }
}
