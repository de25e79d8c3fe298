package dev.millrace.worker.progress;

/// The sentence about a column that was turned into text.
public final class WidenedText {

    private WidenedText() {}

    /// The sentence.
    ///
    /// @param values how many values did not fit
    public static String of(String table, String column, long values) {
        return "Column %s of %s is text now: %s, and nothing is lost that way."
                .formatted(column, table, values == 1 ? "a value did not fit its type" : values + " values did not fit its type");
    }
}
