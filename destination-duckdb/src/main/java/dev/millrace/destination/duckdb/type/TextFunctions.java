package dev.millrace.destination.duckdb.type;

import dev.millrace.core.value.PgFloat;
import dev.millrace.core.value.PgInterval;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.jspecify.annotations.Nullable;

/// Functions that we add to DuckDB, which print values as PostgreSQL does where DuckDB prints them otherwise.
///
/// They are asked for nulls too: DuckDB calls a function for whole vectors inside a list, whatever stands around the call.
public enum TextFunctions {
    /// Of a FLOAT.
    FLOAT4("millrace_float4_text", DuckDBColumnType.FLOAT, (@Nullable Float value) -> value == null ? null : PgFloat.text(value)),
    /// Of a DOUBLE.
    FLOAT8("millrace_float8_text", DuckDBColumnType.DOUBLE, (@Nullable Double value) -> value == null ? null : PgFloat.text(value)),
    /// Of a FLOAT, as PostgreSQL 11 prints it.
    FLOAT4_ALL_DIGITS(
            "millrace_float4_all_digits",
            DuckDBColumnType.FLOAT,
            (@Nullable Float value) -> value == null ? null : PgFloat.allDigits(value)),
    /// Of a DOUBLE, as PostgreSQL 11 prints it.
    FLOAT8_ALL_DIGITS(
            "millrace_float8_all_digits",
            DuckDBColumnType.DOUBLE,
            (@Nullable Double value) -> value == null ? null : PgFloat.allDigits(value)),
    /// Of an interval as `months days microseconds`.
    INTERVAL("millrace_interval_text", DuckDBColumnType.VARCHAR, TextFunctions::interval);

    private final String name;
    private final DuckDBColumnType parameter;
    private final Function<?, @Nullable String> function;

    <T extends @Nullable Object> TextFunctions(String name, DuckDBColumnType parameter, Function<T, @Nullable String> function) {
        this.name = name;
        this.parameter = parameter;
        this.function = function;
    }

    /// Makes them known to the database of a session; once a database.
    public static void registerWith(Connection session) throws SQLException {
        for (TextFunctions each : values()) {
            try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
                builder.withName(each.name)
                        .withParameter(each.parameter)
                        .withReturnType(DuckDBColumnType.VARCHAR)
                        .withNullInNullOut()
                        .withFunction(each.function)
                        .register(session);
            }
        }
    }

    /// The SQL of a call; null for a null.
    String of(String value) {
        return name + "(" + value + ")";
    }

    private static @Nullable String interval(@Nullable String parts) {
        if (parts == null) {
            return null;
        }
        String[] numbers = parts.split(" ", -1);
        return new PgInterval(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Long.parseLong(numbers[2])).text();
    }
}
