package dev.millrace.core.naming;

/// What a destination can tell apart, and which names it needs for itself.
public interface Identifiers {

    /// A text that is the same for two names if the destination takes them for one.
    String fold(String name);

    /// Whether the destination needs such a name of a table for itself.
    boolean isOwnTable(String name);

    /// Whether the destination needs such a name of a column for itself.
    boolean isOwnColumn(String name);

    /// How many bytes of UTF-8 a name may have; longer ones are cut.
    default int maxBytes() {
        return Integer.MAX_VALUE;
    }
}
