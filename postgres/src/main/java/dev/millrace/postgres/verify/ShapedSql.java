package dev.millrace.postgres.verify;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// PostgreSQL's expressions for the JSON that [dev.millrace.core.value.PgJson] describes; null for a null.
final class ShapedSql {

    private ShapedSql() {}

    static String of(String value, SourceType type) {
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> ExtensionType.HSTORE.is(scalar) ? plain(value) : geometry(value, scalar.oid());
            case SourceType.RangeOf range -> range(value, range.element());
            case SourceType.MultirangeOf multirange -> ranges(value, multirange.element());
            case SourceType.Composite composite -> row(value, composite);
            case SourceType.ArrayOf array -> array(value, array, element -> of(element, array.element()));
            case SourceType.Enumeration _, SourceType.Domain _, SourceType.Hashed _ ->
                throw new IllegalStateException("Invalid form of %s: JSON (must have parts)".formatted(type.name()));
        };
    }

    /// What `to_json` makes of it.
    private static String plain(String value) {
        return "to_json(%s)::text".formatted(value);
    }

    private static String range(String value, SourceType element) {
        return """
                CASE WHEN isempty(%1$s) THEN '{"empty":true}' WHEN %1$s IS NOT NULL THEN '{'
                    || CASE WHEN lower_inf(%1$s) THEN '' ELSE '"start_value":' || %2$s || ',' END
                    || CASE WHEN upper_inf(%1$s) THEN '' ELSE '"end_value":' || %3$s || ',' END
                    || '"start_bound":"'
                    || CASE WHEN lower_inf(%1$s) THEN 'open' WHEN lower_inc(%1$s) THEN 'inclusive' ELSE 'exclusive' END
                    || '","end_bound":"'
                    || CASE WHEN upper_inf(%1$s) THEN 'open' WHEN upper_inc(%1$s) THEN 'inclusive' ELSE 'exclusive' END || '"}' END"""
                .formatted(value, part("lower(%s)".formatted(value), element), part("upper(%s)".formatted(value), element));
    }

    private static String ranges(String value, SourceType element) {
        return """
                CASE WHEN %1$s IS NOT NULL THEN
                    (SELECT '[' || coalesce(string_agg(%2$s, ',' ORDER BY n), '') || ']' FROM unnest(%1$s) WITH ORDINALITY u(%3$s, n)) END"""
                .formatted(value, range(element(value), element), element(value));
    }

    private static String geometry(String value, int oid) {
        String text = "regexp_replace(%s::text, '(NaN|-?Infinity)', '\"\\1\"', 'g')".formatted(value);
        String brackets = "translate(%s, '()', '[]')".formatted(text);
        return switch (oid) {
            case Oid.POINT -> object("Point", "coordinates", brackets);
            case Oid.LINE -> object("InfiniteLine", "coefficients", "translate(%s, '{}', '[]')".formatted(text));
            case Oid.LSEG -> object("LineString", "coordinates", brackets);
            case Oid.PATH -> "'{\"type\":\"MultiLineString\",\"closed\":' || isclosed(%s)::text || ',\"coordinates\":' || %s || '}'"
                    .formatted(value, brackets);
            case Oid.POLYGON -> object("Polygon", "coordinates", "'[' || " + brackets + " || ']'");
            case Oid.BOX -> object(
                    "Polygon",
                    "coordinates",
                    "(SELECT format('[[%%s,%%s],[%%s,%%s],[%%s,%%s],[%%s,%%s]]', c[1], c[2], c[1], c[4], c[3], c[4], c[3], c[2])"
                            .concat(" FROM string_to_array(translate(%s, '()', ''), ',') c WHERE c IS NOT NULL)")
                            .formatted(text));
            default -> "regexp_replace(%s, '^<(.*),(.*)>$', '{\"type\":\"Circle\",\"center\":\\1,\"radius\":\\2}')".formatted(brackets);
        };
    }

    private static String object(String type, String member, String json) {
        return "'{\"type\":\"%s\",\"%s\":' || %s || '}'".formatted(type, member, json);
    }

    /// A row, field by field where `to_json` would not do.
    private static String row(String value, SourceType.Composite type) {
        if (type.fields().stream().noneMatch(field -> hasArrays(field.type()) || MoneySql.isIn(field.type()))) {
            return plain(value);
        }
        List<String> members = new ArrayList<>();
        for (Column field : type.fields()) {
            String part = "(%s).%s".formatted(value, TableName.quote(field.name()));
            members.add("to_json(%s::text)::text || ':' || coalesce(%s, 'null')".formatted(literal(field.name()), part(part, field.type())));
        }
        return "CASE WHEN num_nulls(%s) = 0 THEN '{' || %s || '}' END".formatted(value, String.join(" || ',' || ", members));
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static boolean hasArrays(SourceType type) {
        return switch (type.underneath()) {
            case SourceType.ArrayOf _ -> true;
            case SourceType.Composite composite -> composite.fields().stream().anyMatch(field -> hasArrays(field.type()));
            case SourceType.Scalar _, SourceType.Enumeration _, SourceType.Domain _, SourceType.RangeOf _, SourceType.MultirangeOf _,
                    SourceType.Hashed _ -> false;
        };
    }

    /// A part of a row.
    private static String part(String value, SourceType type) {
        return switch (type.underneath()) {
            case SourceType.Scalar scalar when scalar.oid() == Oid.MONEY -> MoneySql.text(value, scalar);
            case SourceType.ArrayOf array when MoneySql.isIn(array) -> array(value, array, element -> part(element, array.element()));
            case SourceType.RangeOf range when MoneySql.isIn(range) -> plain(MoneySql.text(value, range));
            case SourceType.MultirangeOf multirange when MoneySql.isIn(multirange) -> plain(MoneySql.text(value, multirange));
            case SourceType.ArrayOf _ -> "CASE WHEN %s THEN to_json(%s::text)::text ELSE %s END"
                    .formatted(beginsElsewhere(value), value, plain(value));
            case SourceType.Composite composite -> row(value, composite);
            case SourceType.Scalar _, SourceType.Enumeration _, SourceType.Domain _, SourceType.RangeOf _, SourceType.MultirangeOf _,
                    SourceType.Hashed _ -> plain(value);
        };
    }

    static String beginsElsewhere(String array) {
        return "array_dims(%s) ~ '\\[(?!1:)'".formatted(array);
    }

    /// An array whose elements have an expression of their own. Of more than one dimension, the brackets of `to_json` are kept, and each
    /// element put in.
    private static String array(String value, SourceType.ArrayOf array, UnaryOperator<String> element) {
        return """
                CASE WHEN %1$s THEN %7$s WHEN array_ndims(%2$s) > 1 THEN
                    (SELECT string_agg(repeat('[', opens) || j || repeat(']', closes), ',' ORDER BY n) FROM (
                        SELECT n, coalesce(%3$s, 'null') AS j, (%4$s) AS opens, (%5$s) AS closes FROM %6$s) x)
                WHEN %2$s IS NOT NULL THEN
                    (SELECT '[' || coalesce(string_agg(coalesce(%3$s, 'null'), ',' ORDER BY n), '') || ']' FROM %6$s) END"""
                .formatted(
                        beginsElsewhere(value),
                        value,
                        element.apply(element(value)),
                        brackets(value, "n - 1"),
                        brackets(value, "n"),
                        elements(value),
                        plain(MoneySql.text(value, array)));
    }

    /// What an element of an array or multirange is called: not as anything in the expression for that, which can be an element itself.
    static String element(String array) {
        int number = 1;
        while (array.contains("e" + number)) {
            number++;
        }
        return "e" + number;
    }

    /// The elements of an array with their numbers. As an item of a FROM clause, `unnest` would take rows apart.
    static String elements(String array) {
        return "(SELECT %2$s, row_number() OVER () AS n FROM (SELECT unnest(%1$s) AS %2$s) q) u".formatted(array, element(array));
    }

    /// How many dimensions begin, or end, at an element: those of which it is a whole number of.
    static String brackets(String array, String number) {
        return """
                SELECT count(*)::int FROM generate_series(1, array_ndims(%1$s)) d
                WHERE (%2$s) %% (SELECT coalesce(exp(sum(ln(array_length(%1$s, i)))), 1)::numeric::bigint
                    FROM generate_series(d, array_ndims(%1$s)) i) = 0"""
                .formatted(array, number);
    }
}
