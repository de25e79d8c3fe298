package dev.millrace.postgres.verify;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.CanonicalForm;
import dev.millrace.postgres.sql.HashedValue;
import dev.millrace.postgres.sql.PrintedValue;

/// PostgreSQL's expressions for the canonical forms; null for a null.
///
/// The bytes of the send functions are the exact values, whatever the session's settings and the server's version; so dates and times
/// are taken from them and not from their text.
public final class CanonicalSql {

    private CanonicalSql() {}

    /// The expression for a column of that name.
    public static String of(Column column, CanonicalForm form) {
        return of(TableName.quote(column.name()), column.type(), form);
    }

    private static String of(String value, SourceType type, CanonicalForm form) {
        return switch (form) {
            case CanonicalForm.Printed _ when type instanceof SourceType.Hashed -> HashedValue.of(PrintedValue.of(value));
            case CanonicalForm.Printed _ -> MoneySql.text(value, type);
            case CanonicalForm.Numbers _ ->
                "regexp_replace(%s::text, '(\\.[0-9]*[1-9])0+(?![0-9])|\\.0+(?![0-9])', '\\1', 'g')".formatted(value);
            case CanonicalForm.Shaped _ -> ShapedSql.of(value, type);
            case CanonicalForm.Decimal _ -> decimal(number(value, type.underneath()) + "::text");
            case CanonicalForm.Floating _ -> floating(value);
            case CanonicalForm.Bytes _ -> "encode(%s, 'hex')".formatted(value);
            case CanonicalForm.Days _ ->
                "CASE WHEN isfinite(%1$s) THEN (%1$s - date '2000-01-01')::text ELSE %1$s::text END".formatted(value);
            case CanonicalForm.Microseconds _ ->
                "CASE WHEN isfinite(%1$s) THEN %2$s ELSE %1$s::text END"
                        .formatted(value, number(sender(type), value, 1, 16));
            case CanonicalForm.MicrosecondsOfDay _ -> number("time_send", value, 1, 16);
            case CanonicalForm.MonthsDaysMicroseconds _ ->
                "%s || ' ' || %s || ' ' || %s"
                        .formatted(
                                number("interval_send", value, 25, 8),
                                number("interval_send", value, 17, 8),
                                number("interval_send", value, 1, 16));
            case CanonicalForm.ListOf(CanonicalForm element) -> list(value, type, element);
        };
    }

    private static String number(String value, SourceType type) {
        return type instanceof SourceType.Scalar(int oid, _, int decimals, _) && oid == Oid.MONEY ? MoneySql.number(value, decimals) : value;
    }

    private static String sender(SourceType type) {
        return type.underneath().oid() == Oid.TIMESTAMPTZ ? "timestamptz_send" : "timestamp_send";
    }

    /// A signed number that lies in the bytes of a send function, as text.
    static String number(String sender, String value, int firstDigit, int digits) {
        String bits = digits == 16 ? "bit(64)::bigint" : "bit(32)::int";
        return "('x' || substr(encode(%s(%s), 'hex'), %d, %d))::%s::text".formatted(sender, value, firstDigit, digits, bits);
    }

    private static String decimal(String text) {
        return "CASE WHEN strpos(%1$s, '.') > 0 THEN rtrim(rtrim(%1$s, '0'), '.') ELSE %1$s END".formatted(text);
    }

    private static String floating(String value) {
        String number = value + "::float8";
        return ("CASE WHEN %1$s = 'NaN' THEN 'NaN' WHEN %1$s = 'Infinity' THEN 'Infinity' WHEN %1$s = '-Infinity' THEN '-Infinity'"
                        + " ELSE trim(to_char(%1$s, '9.9999999999999999EEEE')) END")
                .formatted(number);
    }

    private static String list(String value, SourceType type, CanonicalForm element) {
        if (!(type.underneath() instanceof SourceType.ArrayOf array)) {
            throw new IllegalStateException("Invalid form of %s: a list (must be of an array)".formatted(type.name()));
        }
        return ("CASE WHEN %1$s IS NOT NULL THEN (SELECT coalesce(string_agg(coalesce(octet_length(t) || ':' || t, '-'), '' ORDER BY n), '')"
                        + " FROM unnest(%1$s) WITH ORDINALITY u(e, n), LATERAL (SELECT %2$s AS t) x) END")
                .formatted(value, of("e", array.element(), element));
    }
}
