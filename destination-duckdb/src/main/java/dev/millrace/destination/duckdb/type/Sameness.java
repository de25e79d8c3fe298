package dev.millrace.destination.duckdb.type;

import dev.millrace.destination.duckdb.type.DuckType.Plain;

/// Whether two stored values are one to whoever reads them, which is less than what DuckDB calls equal: to it 0 is -0, and a month thirty days.
public final class Sameness {

    private Sameness() {}

    /// The SQL condition that two values are the same, nulls too.
    ///
    /// @param type of both
    public static String of(String one, String other, DuckType type) {
        return "%s IS NOT DISTINCT FROM %s".formatted(comparable(one, type), comparable(other, type));
    }

    private static String comparable(String value, DuckType type) {
        return switch (innermost(type)) {
            // A NaN may come with any sign, and PostgreSQL shows none.
            case Plain.FLOAT, Plain.DOUBLE -> "replace(CAST(%s AS VARCHAR), '-nan', 'nan')".formatted(value);
            case Plain.INTERVAL -> "CAST(%s AS VARCHAR)".formatted(value);
            case Plain _, DuckType.Decimal _, DuckType.ListOf _, DuckType.Foreign _ -> value;
        };
    }

    private static DuckType innermost(DuckType type) {
        return type instanceof DuckType.ListOf(DuckType element) ? innermost(element) : type;
    }
}
