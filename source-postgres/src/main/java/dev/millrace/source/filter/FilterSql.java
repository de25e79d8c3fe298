package dev.millrace.source.filter;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Ordering;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.stream.Collectors;

/// The condition on a table's rows that its filter is, in PostgreSQL's SQL.
///
/// Texts are compared by the bytes of UTF-8, whatever the database's encoding and collation.
public final class FilterSql {

    private FilterSql() {}

    /// The condition; `true` for a table without a filter.
    public static String of(Shape shape) {
        if (shape.filter().isEmpty()) {
            return "true";
        }
        return shape.filter().conditions().stream()
                .map(condition -> of(condition, shape.column(condition.column()).orElseThrow()))
                .collect(Collectors.joining(" AND ", "(", ")"));
    }

    private static String of(RowFilter.Condition condition, Column column) {
        String name = TableName.quote(column.name());
        return switch (condition.operator()) {
            // Unlike IS NULL, this does not take a row of nulls for one.
            case IS_NULL -> "num_nulls(%s) = 1".formatted(name);
            case IS_NOT_NULL -> "num_nulls(%s) = 0".formatted(name);
            case IN -> compared(condition, column, name, "IN");
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_OR_EQUAL, GREATER_THAN, GREATER_OR_EQUAL ->
                compared(condition, column, name, condition.operator().sql());
        };
    }

    private static String compared(RowFilter.Condition condition, Column column, String name, String operator) {
        Ordering ordering = Ordering.of(column.type())
                .orElseThrow(() -> new IllegalStateException("Invalid filter: on %s (must be of a type with an order)".formatted(name)));
        String values = condition.values().stream().map(value -> value(ordering, value)).collect(Collectors.joining(", ", "(", ")"));
        return "%s %s %s".formatted(value(ordering, name, false), operator, values);
    }

    private static String value(Ordering ordering, String text) {
        return value(ordering, literal(text), true);
    }

    private static String value(Ordering ordering, String value, boolean isConstant) {
        return switch (ordering) {
            case TEXT, LABEL -> "convert_to(%s::text, 'UTF8')".formatted(value);
            case NUMBER -> value + "::numeric";
            case FLOAT4, FLOAT8, BOOLEAN, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, UUID, BYTES ->
                isConstant ? "%s::%s".formatted(value, ordering.type()) : value;
        };
    }

    /// A text as a constant, whether backslashes mean something in ordinary ones or not.
    private static String literal(String text) {
        return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
