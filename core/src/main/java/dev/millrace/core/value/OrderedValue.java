package dev.millrace.core.value;

import dev.millrace.core.shape.Ordering;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A value that compares as PostgreSQL's own operators do. Only values of one [Ordering] can be compared.
public sealed interface OrderedValue {

    /// A number, or what stands for one: from `-Infinity` (-1) over the finite ones (0) and `Infinity` (1) to `NaN` (2).
    record Number(int rank, BigDecimal value) implements OrderedValue {}

    /// A number that is held with limited precision; never minus zero.
    record Floating(double value) implements OrderedValue {}

    /// A count of days or microseconds.
    record Count(long value) implements OrderedValue {}

    /// Bytes, unsigned.
    record Bytes(byte[] value) implements OrderedValue {

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes(byte[] bytes) && Arrays.equals(value, bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }
    }

    /// The value of a text that PostgreSQL wrote.
    ///
    /// @throws MalformedValue if it is none
    static OrderedValue of(Ordering ordering, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return switch (ordering) {
                case NUMBER -> number(text);
                case FLOAT4 -> new Floating(Float.parseFloat(text) + 0.0f);
                case FLOAT8 -> new Floating(Double.parseDouble(text) + 0.0);
                case DATE -> new Count(PgDate.parse(bytes, 0, bytes.length));
                case TIME -> new Count(PgTime.parseTime(bytes, 0, bytes.length));
                case TIMESTAMP, TIMESTAMPTZ -> new Count(PgTime.parseTimestamp(bytes, 0, bytes.length));
                case TEXT, BOOLEAN, UUID, BYTES, LABEL -> new Bytes(bytes);
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException _) {
            throw new MalformedValue("Invalid value to compare as %s: %d characters".formatted(ordering.type(), text.length()));
        }
    }

    private static Number number(String text) {
        return switch (text) {
            case "NaN" -> new Number(2, BigDecimal.ZERO);
            case "Infinity" -> new Number(1, BigDecimal.ZERO);
            case "-Infinity" -> new Number(-1, BigDecimal.ZERO);
            default -> new Number(0, new BigDecimal(text));
        };
    }

    /// Less than zero, zero or more, as this value comes before another, is equal to it or comes behind.
    default int compareTo(OrderedValue other) {
        return switch (this) {
            case Number(int rank, BigDecimal value) when other instanceof Number(int otherRank, BigDecimal otherValue) ->
                rank != otherRank ? Integer.compare(rank, otherRank) : value.compareTo(otherValue);
            case Floating(double value) when other instanceof Floating(double otherValue) -> Double.compare(value, otherValue);
            case Count(long value) when other instanceof Count(long otherValue) -> Long.compare(value, otherValue);
            case Bytes(byte[] value) when other instanceof Bytes(byte[] otherValue) -> Arrays.compareUnsigned(value, otherValue);
            case Number _, Floating _, Count _, Bytes _ ->
                throw new IllegalArgumentException("Invalid comparison: values of two orderings (must be of one)");
        };
    }
}
