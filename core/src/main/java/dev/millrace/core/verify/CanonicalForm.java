package dev.millrace.core.verify;

/// How both sides print a column's values when they are compared, chosen by how the destination stores them.
///
/// Each side has an SQL expression for each form; the two give the same text for the same value. A null is no text at all.
public sealed interface CanonicalForm {

    /// The text of PostgreSQL's output function, as it is.
    record Printed() implements CanonicalForm {}

    /// The JSON that [dev.millrace.core.value.PgJson] makes of it.
    record Shaped() implements CanonicalForm {}

    /// A decimal number without zeros at the end of its fraction.
    record Decimal() implements CanonicalForm {}

    /// The text of an array of decimal numbers, each without zeros at the end of its fraction.
    record Numbers() implements CanonicalForm {}

    /// A floating-point number with 17 significant digits, which tell any two apart: `-1.2340000000000000e+02`; or `NaN`, `Infinity`,
    /// `-Infinity`.
    record Floating() implements CanonicalForm {}

    /// Bytes as lower-case hexadecimal digits.
    record Bytes() implements CanonicalForm {}

    /// A date as days since 2000-01-01; or `infinity`, `-infinity`.
    record Days() implements CanonicalForm {}

    /// A timestamp, with or without time zone, as microseconds since 2000-01-01 (UTC); or `infinity`, `-infinity`.
    record Microseconds() implements CanonicalForm {}

    /// A time of day as microseconds since midnight.
    record MicrosecondsOfDay() implements CanonicalForm {}

    /// An interval as months, days and microseconds, with blanks between.
    record MonthsDaysMicroseconds() implements CanonicalForm {}

    /// The bytes that a function of PostgreSQL's gives for a value, as hexadecimal digits: for two servers whose versions print it differently.
    ///
    /// @param function in `pg_catalog`
    record Sent(String function) implements CanonicalForm {}

    /// A one-dimensional array: for each element the length of its text in bytes, a colon and the text; or a hyphen for a null.
    record ListOf(CanonicalForm element) implements CanonicalForm {}
}
