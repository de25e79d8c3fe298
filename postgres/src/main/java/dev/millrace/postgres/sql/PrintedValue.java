package dev.millrace.postgres.sql;

/// The expression for a value as its type's output function prints it, which is how pgoutput sends it as text.
///
/// A cast to `text` is not the same: `inet` gets its mask, `bpchar` loses its blanks, `boolean` is spelt out. `concat` calls the output
/// function (manual, section 9.4), but turns null into an empty text.
public final class PrintedValue {

    private PrintedValue() {}

    /// The expression for `value`, which is an SQL expression itself; null for null, also where a row type's fields are all null.
    public static String of(String value) {
        return "CASE WHEN num_nulls(%1$s) = 0 THEN concat(%1$s) END".formatted(value);
    }
}
