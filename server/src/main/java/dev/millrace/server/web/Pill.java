package dev.millrace.server.web;

import java.util.Locale;

/// How something stands, in a word or two.
///
/// @param word for people
/// @param tone how it looks
public record Pill(String word, Tone tone) {

    /// How a word looks.
    public enum Tone {
        GOOD,
        BUSY,
        IDLE,
        WARN,
        BAD;

        /// The name of its style.
        public String style() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// All is well.
    public static Pill good(String word) {
        return new Pill(word, Tone.GOOD);
    }

    /// Something goes on.
    public static Pill busy(String word) {
        return new Pill(word, Tone.BUSY);
    }

    /// Nothing goes on, as somebody wants it.
    public static Pill idle(String word) {
        return new Pill(word, Tone.IDLE);
    }

    /// Worth a look.
    public static Pill warn(String word) {
        return new Pill(word, Tone.WARN);
    }

    /// Somebody has to do something.
    public static Pill bad(String word) {
        return new Pill(word, Tone.BAD);
    }
}
