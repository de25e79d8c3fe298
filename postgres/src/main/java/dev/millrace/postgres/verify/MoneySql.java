package dev.millrace.postgres.verify;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.sql.PrintedValue;
import java.util.stream.Collectors;

/// PostgreSQL's expressions for values that are or hold amounts of money, as [dev.millrace.core.value.PgText] writes them: our sessions print
/// amounts with two decimals whatever they have. All are null for a null.
final class MoneySql {

    private MoneySql() {}

    /// Whether values of a type can hold an amount.
    static boolean isIn(SourceType type) {
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> scalar.oid() == Oid.MONEY;
            case SourceType.ArrayOf array -> isIn(array.element());
            case SourceType.RangeOf range -> isIn(range.element());
            case SourceType.MultirangeOf multirange -> isIn(multirange.element());
            case SourceType.Composite composite -> composite.fields().stream().anyMatch(field -> isIn(field.type()));
            case SourceType.Enumeration _, SourceType.Domain _, SourceType.Hashed _ -> false;
        };
    }

    /// The number that an amount is.
    static String number(String value, int decimals) {
        return "(%s::numeric * 1e-%d)".formatted(CanonicalSql.number("cash_send", value, 1, 16), Math.max(decimals, 0));
    }

    /// The text of a value.
    static String text(String value, SourceType type) {
        if (!isIn(type)) {
            return PrintedValue.of(value);
        }
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> number(value, scalar.modifier()) + "::text";
            case SourceType.ArrayOf array -> array(value, array);
            case SourceType.RangeOf range -> range(value, range.element());
            case SourceType.MultirangeOf multirange -> """
                    CASE WHEN %1$s IS NOT NULL THEN
                        (SELECT '{' || coalesce(string_agg(%2$s, ',' ORDER BY n), '') || '}' FROM unnest(%1$s) WITH ORDINALITY u(%3$s, n)) END"""
                    .formatted(value, range(ShapedSql.element(value), multirange.element()), ShapedSql.element(value));
            case SourceType.Composite composite -> row(value, composite);
            case SourceType.Enumeration _, SourceType.Domain _, SourceType.Hashed _ ->
                throw new IllegalStateException("Invalid form of %s: with money (must hold some)".formatted(type.name()));
        };
    }

    /// A row is printed like one of no type that has texts in place of the fields with money.
    private static String row(String value, SourceType.Composite type) {
        String fields = type.fields().stream().map(field -> field(value, field)).collect(Collectors.joining(", "));
        return "CASE WHEN num_nulls(%s) = 0 THEN concat(ROW(%s)) END".formatted(value, fields);
    }

    private static String field(String row, Column field) {
        String value = "(%s).%s".formatted(row, TableName.quote(field.name()));
        return isIn(field.type()) ? text(value, field.type()) : value;
    }

    /// An element is quoted as in an array of one text.
    private static String array(String value, SourceType.ArrayOf type) {
        return """
                CASE WHEN %1$s IS NOT NULL THEN CASE WHEN %2$s THEN array_dims(%1$s) || '=' ELSE '' END || coalesce(
                    (SELECT string_agg(repeat('{', opens) || substr(q, 2, length(q) - 2) || repeat('}', closes), ',' ORDER BY n) FROM (
                        SELECT n, ARRAY[%3$s]::text AS q, (%4$s) AS opens, (%5$s) AS closes FROM %6$s) x), '{}') END"""
                .formatted(
                        value,
                        ShapedSql.beginsElsewhere(value),
                        text(ShapedSql.element(value), type.element()),
                        ShapedSql.brackets(value, "n - 1"),
                        ShapedSql.brackets(value, "n"),
                        ShapedSql.elements(value));
    }

    private static String range(String value, SourceType element) {
        return """
                CASE WHEN isempty(%1$s) THEN 'empty' WHEN %1$s IS NOT NULL THEN
                    CASE WHEN lower_inc(%1$s) THEN '[' ELSE '(' END || %2$s || ',' || %3$s || CASE WHEN upper_inc(%1$s) THEN ']' ELSE ')' END END"""
                .formatted(value, bound("lower(%s)".formatted(value), element), bound("upper(%s)".formatted(value), element));
    }

    /// A bound is quoted as in a row of one text.
    private static String bound(String value, SourceType type) {
        String row = "ROW(%s)::text".formatted(text(value, type));
        return "substr(%1$s, 2, length(%1$s) - 2)".formatted(row);
    }
}
