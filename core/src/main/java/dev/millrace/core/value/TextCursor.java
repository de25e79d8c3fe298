package dev.millrace.core.value;

import org.jspecify.annotations.Nullable;

/// Walks over the text of a value that has parts, and never beyond its end. Belongs to one thread.
final class TextCursor {

    private static final int END = -1;

    private final String text;
    private int at;

    TextCursor(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    /// The next character, or -1 at the end.
    int peek() {
        return atEnd() ? END : text.charAt(at);
    }

    boolean accept(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    boolean acceptAll(String word) {
        if (!text.startsWith(word, at)) {
            return false;
        }
        at += word.length();
        return true;
    }

    void expect(char c) {
        if (!accept(c)) {
            throw invalid("a value with parts");
        }
    }

    /// Passes one of two characters and says which.
    char oneOf(char one, char other) {
        if (accept(one)) {
            return one;
        }
        expect(other);
        return other;
    }

    int integer() {
        int start = at;
        accept('-');
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        try {
            return Integer.parseInt(text, start, at, 10);
        } catch (NumberFormatException _) {
            throw invalid("an array");
        }
    }

    /// A text in double quotes, in which a backslash stands before a character that is meant as it is, or a quote is doubled.
    String quoted() {
        expect('"');
        StringBuilder out = new StringBuilder();
        readQuoted(out);
        return out.toString();
    }

    private void readQuoted(StringBuilder out) {
        while (true) {
            char c = next();
            if (c == '\\') {
                out.append(next());
            } else if (c != '"') {
                out.append(c);
            } else if (accept('"')) {
                out.append('"');
            } else {
                return;
            }
        }
    }

    /// A part of a range or row, up to one of some characters, maybe in quotes; null if there is nothing at all.
    @Nullable String quotable(String ends) {
        if (atEnd() || ends.indexOf(peek()) >= 0) {
            return null;
        }
        if (peek() == '"') {
            return quoted();
        }
        int start = at;
        while (!atEnd() && ends.indexOf(peek()) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    /// An element of an array that is not in quotes.
    String plain(char delimiter) {
        int start = at;
        while (!atEnd() && peek() != delimiter && peek() != '}') {
            at++;
        }
        return text.substring(start, at);
    }

    private char next() {
        if (atEnd()) {
            throw invalid("a quoted text");
        }
        return text.charAt(at++);
    }

    MalformedValue invalid(String what) {
        return new MalformedValue(
                "Invalid text of %s: stuck at character %d of %d".formatted(what, at, text.length()));
    }
}
