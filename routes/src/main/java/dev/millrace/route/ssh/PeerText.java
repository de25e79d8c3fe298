package dev.millrace.route.ssh;

import org.jspecify.annotations.Nullable;

/// What another side says of itself or of what went wrong. Whoever is at the other end may write what it likes, so nothing of it may steer a terminal or
/// begin a line of its own in a log.
public final class PeerText {

    private static final int CHARACTERS_MAX = 500;

    private PeerText() {}

    /// The text on one line, with spaces in place of control characters, and not too long.
    public static String of(@Nullable Object said) {
        String line = String.valueOf(said).replaceAll("\\R|[\\p{Cc}\\p{Cf}\\u2028\\u2029]", " ");
        return line.length() > CHARACTERS_MAX ? line.substring(0, CHARACTERS_MAX) + "..." : line;
    }
}
