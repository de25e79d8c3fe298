package dev.millrace.core.value;

import dev.millrace.core.shape.SourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Arrays of one dimension in PostgreSQL's text: `{1,NULL,"a b"}`.
public final class PgArray {

    private PgArray() {}

    /// The character between an array's elements: a comma, but for `box`.
    public static char delimiter(SourceType.ArrayOf array) {
        return array.element().name().equals("box") ? ';' : ',';
    }

    /// The elements, empty for null; nothing if the array has more than one dimension or does not begin at 1.
    public static Optional<List<Optional<String>>> parse(String text, char delimiter) {
        if (text.charAt(0) != '{') {
            return Optional.empty();
        }
        List<Optional<String>> elements = new ArrayList<>();
        int at = 1;
        int end = text.length() - 1;
        while (at < end) {
            if (text.charAt(at) == '{') {
                return Optional.empty();
            }
            StringBuilder element = new StringBuilder();
            boolean quoted = text.charAt(at) == '"';
            at = quoted ? readQuoted(text, at + 1, element) : readPlain(text, at, delimiter, element);
            boolean isNull = !quoted && element.toString().equals("NULL");
            elements.add(isNull ? Optional.empty() : Optional.of(element.toString()));
            at++;
        }
        return Optional.of(elements);
    }

    private static int readQuoted(String text, int start, StringBuilder into) {
        int at = start;
        while (text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
            }
            into.append(text.charAt(at++));
        }
        return at + 1;
    }

    private static int readPlain(String text, int start, char delimiter, StringBuilder into) {
        int at = start;
        while (at < text.length() - 1 && text.charAt(at) != delimiter) {
            if (text.charAt(at) == '\\') {
                at++;
            }
            into.append(text.charAt(at++));
        }
        return at;
    }
}
