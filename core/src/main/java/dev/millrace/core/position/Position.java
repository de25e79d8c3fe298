package dev.millrace.core.position;

/// A point in a source's order, up to which a destination holds everything and beyond which it holds nothing.
///
/// Each way of following changes has its own kind; kinds are never compared with one another.
public sealed interface Position permits LogPosition {

    /// The text that a destination stores; [#parse] reads it back.
    String asText();

    /// Reads what [#asText] wrote.
    ///
    /// @throws IllegalArgumentException if `text` is of no known kind
    static Position parse(String text) {
        if (text.startsWith(LogPosition.PREFIX)) {
            return new LogPosition(Lsn.parse(text.substring(LogPosition.PREFIX.length())));
        }
        throw new IllegalArgumentException("Invalid position: " + text + " (must begin with " + LogPosition.PREFIX + ")");
    }
}
