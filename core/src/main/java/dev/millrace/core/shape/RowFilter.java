package dev.millrace.core.shape;

import java.util.List;

/// Which rows of a table are copied: those for which every condition is true, as SQL has it; a condition on a null is not true, unless it
/// asks for it.
///
/// @param conditions none for all rows
public record RowFilter(List<Condition> conditions) {

    /// Every row.
    public static final RowFilter NONE = new RowFilter(List.of());

    /// How a column is compared.
    public enum Operator {
        EQUALS("="),
        NOT_EQUALS("<>"),
        LESS_THAN("<"),
        LESS_OR_EQUAL("<="),
        GREATER_THAN(">"),
        GREATER_OR_EQUAL(">="),
        /// Equal to one of some values.
        IN("IN"),
        IS_NULL("IS NULL"),
        IS_NOT_NULL("IS NOT NULL");

        private final String sql;

        Operator(String sql) {
            this.sql = sql;
        }

        /// The operator in SQL.
        public String sql() {
            return sql;
        }

        /// Whether it asks for a null or its absence, and takes no value.
        public boolean asksForNull() {
            return this == IS_NULL || this == IS_NOT_NULL;
        }

        /// Whether it asks which of two values comes first.
        public boolean asksForOrder() {
            return switch (this) {
                case LESS_THAN, LESS_OR_EQUAL, GREATER_THAN, GREATER_OR_EQUAL -> true;
                case EQUALS, NOT_EQUALS, IN, IS_NULL, IS_NOT_NULL -> false;
            };
        }
    }

    /// One condition.
    ///
    /// @param column the name of the column
    /// @param operator how it is compared
    /// @param values with what: one text, any number for IN, none where a null is asked for. In a [Shape] each is the text that PostgreSQL
    ///     writes for the value
    public record Condition(String column, Operator operator, List<String> values) {

        /// Keeps its own copy of the list.
        public Condition {
            values = List.copyOf(values);
        }
    }

    /// Keeps its own copy of the list.
    public RowFilter {
        conditions = List.copyOf(conditions);
    }

    /// Whether every row passes.
    public boolean isEmpty() {
        return conditions.isEmpty();
    }
}
