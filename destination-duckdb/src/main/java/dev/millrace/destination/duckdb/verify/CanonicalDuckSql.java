package dev.millrace.destination.duckdb.verify;

import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgJson;
import dev.millrace.core.verify.CanonicalForm;

/// Which canonical form a column has, by its type at the source and how DuckDB stores it, and DuckDB's expressions for the forms.
final class CanonicalDuckSql {

    /// Microseconds between 1970-01-01 and 2000-01-01, PostgreSQL's epoch.
    private static final long EPOCH_MICROSECONDS = 946_684_800_000_000L;

    private CanonicalDuckSql() {}

    /// The form of a column.
    ///
    /// @param stored DuckDB's name of the column's type, as `information_schema.columns` has it
    static CanonicalForm form(SourceType type, String stored) {
        if (stored.endsWith("[]") && type.underneath() instanceof SourceType.ArrayOf array) {
            return new CanonicalForm.ListOf(form(array.element(), stored.substring(0, stored.length() - 2)));
        }
        if (stored.equals("JSON") && PgJson.hasShape(type)) {
            return new CanonicalForm.Shaped();
        }
        if (type.underneath().oid() == Oid.NUMERIC || type.underneath().oid() == Oid.MONEY) {
            return new CanonicalForm.Decimal();
        }
        if (stored.equals("VARCHAR") && type.underneath() instanceof SourceType.ArrayOf array && array.element().underneath().oid() == Oid.NUMERIC) {
            return new CanonicalForm.Numbers();
        }
        return switch (stored) {
            case "FLOAT", "DOUBLE" -> new CanonicalForm.Floating();
            case "BLOB" -> new CanonicalForm.Bytes();
            case "DATE" -> new CanonicalForm.Days();
            case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" -> new CanonicalForm.Microseconds();
            case "TIME" -> new CanonicalForm.MicrosecondsOfDay();
            case "INTERVAL" -> new CanonicalForm.MonthsDaysMicroseconds();
            default -> new CanonicalForm.Printed();
        };
    }

    /// The expression for a value; null for a null.
    ///
    /// @param stored DuckDB's name of the value's type
    static String of(String value, String stored, CanonicalForm form) {
        return switch (form) {
            case CanonicalForm.Printed _ when stored.equals("BOOLEAN") -> "CASE %s WHEN true THEN 't' WHEN false THEN 'f' END".formatted(value);
            case CanonicalForm.Printed _, CanonicalForm.Shaped _ -> value + "::VARCHAR";
            case CanonicalForm.Numbers _ ->
                "regexp_replace(%s::VARCHAR, '(\\.[0-9]*[1-9])0+\\b|\\.0+\\b', '\\1', 'g')".formatted(value);
            case CanonicalForm.Decimal _ ->
                "CASE WHEN contains(%1$s::VARCHAR, '.') THEN rtrim(rtrim(%1$s::VARCHAR, '0'), '.') ELSE %1$s::VARCHAR END".formatted(value);
            case CanonicalForm.Floating _ -> floating(value);
            case CanonicalForm.Bytes _ -> "lower(hex(%s))".formatted(value);
            case CanonicalForm.Days _ ->
                "CASE WHEN isfinite(%1$s) THEN (%1$s - DATE '2000-01-01')::VARCHAR ELSE %1$s::VARCHAR END".formatted(value);
            case CanonicalForm.Microseconds _ ->
                "CASE WHEN isfinite(%1$s) THEN (epoch_us(%1$s) - %2$d)::VARCHAR ELSE %1$s::VARCHAR END".formatted(value, EPOCH_MICROSECONDS);
            case CanonicalForm.MicrosecondsOfDay _ -> "epoch_us(%s)::VARCHAR".formatted(value);
            case CanonicalForm.MonthsDaysMicroseconds _ ->
                ("(datepart('year', %1$s) * 12 + datepart('month', %1$s)) || ' ' || datepart('day', %1$s) || ' ' || (datepart('hour', %1$s)"
                                + " * 3600000000 + datepart('minute', %1$s) * 60000000 + datepart('microsecond', %1$s))")
                        .formatted(value);
            case CanonicalForm.ListOf(CanonicalForm element) -> list(value, stored, element);
            case CanonicalForm.Sent(String function) ->
                throw new IllegalStateException("Invalid form: the bytes of %s (must be one that DuckDB has)".formatted(function));
        };
    }

    private static String floating(String value) {
        return ("CASE WHEN isnan(%1$s) THEN 'NaN' WHEN isinf(%1$s) THEN CASE WHEN %1$s > 0 THEN 'Infinity' ELSE '-Infinity' END"
                        + " ELSE format('{:.16e}', %1$s::DOUBLE) END")
                .formatted(value);
    }

    private static String list(String value, String stored, CanonicalForm element) {
        String text = of("e", stored.substring(0, stored.length() - 2), element);
        return "CASE WHEN %1$s IS NOT NULL THEN array_to_string(list_transform(%1$s, lambda e: coalesce(strlen(%2$s) || ':' || (%2$s), '-')), '') END"
                .formatted(value, text);
    }
}
