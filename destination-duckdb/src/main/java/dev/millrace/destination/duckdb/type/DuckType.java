package dev.millrace.destination.duckdb.type;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A type of DuckDB that a column of ours can have.
public sealed interface DuckType {

    /// The type as SQL.
    String sql();

    /// The types without parameters.
    enum Plain implements DuckType {
        BOOLEAN("BOOLEAN"),
        SMALLINT("SMALLINT"),
        INTEGER("INTEGER"),
        BIGINT("BIGINT"),
        UINTEGER("UINTEGER"),
        FLOAT("FLOAT"),
        DOUBLE("DOUBLE"),
        VARCHAR("VARCHAR"),
        JSON("JSON"),
        BLOB("BLOB"),
        UUID("UUID"),
        DATE("DATE"),
        TIME("TIME"),
        TIMETZ("TIME WITH TIME ZONE"),
        TIMESTAMP("TIMESTAMP"),
        TIMESTAMPTZ("TIMESTAMP WITH TIME ZONE"),
        INTERVAL("INTERVAL");

        private final String sql;

        Plain(String sql) {
            this.sql = sql;
        }

        @Override
        public String sql() {
            return sql;
        }
    }

    /// A decimal number of at most 38 digits.
    ///
    /// @param width all digits
    /// @param scale digits behind the point
    record Decimal(int width, int scale) implements DuckType {

        /// The most digits that a decimal can have.
        public static final int MAX_WIDTH = 38;

        /// Checks the bounds.
        public Decimal {
            if (width < 1 || width > MAX_WIDTH || scale < 0 || scale > width) {
                throw new IllegalArgumentException("Invalid decimal: (%d,%d) (must be at most 38 digits)".formatted(width, scale));
            }
        }

        @Override
        public String sql() {
            return "DECIMAL(%d,%d)".formatted(width, scale);
        }
    }

    /// A list of one dimension.
    record ListOf(DuckType element) implements DuckType {
        @Override
        public String sql() {
            return element.sql() + "[]";
        }
    }

    /// A type that a column has but that we never make: somebody else altered the table.
    record Foreign(String sql) implements DuckType {}

    /// Reads a type as DuckDB's catalogue writes it (`duckdb_columns().data_type`).
    static DuckType parse(String text) {
        if (text.endsWith("[]")) {
            return new ListOf(parse(text.substring(0, text.length() - 2)));
        }
        Matcher decimal = Patterns.DECIMAL.matcher(text);
        if (decimal.matches()) {
            return new Decimal(Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)));
        }
        for (Plain plain : Plain.values()) {
            if (plain.sql().equals(text)) {
                return plain;
            }
        }
        return new Foreign(text);
    }

    /// The patterns of [#parse].
    final class Patterns {
        private static final Pattern DECIMAL = Pattern.compile("DECIMAL\\((\\d+),\\s*(\\d+)\\)");

        private Patterns() {}
    }
}
