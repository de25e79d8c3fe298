package dev.millrace.core.value;

import dev.millrace.core.shape.Oid;
import dev.millrace.core.value.PgNode.Dimension;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes values that have parts as their output functions do, but for amounts of money. Belongs to one thread.
final class NodeText {

    private final StringBuilder out;
    private final boolean printsMoney;

    private NodeText(StringBuilder out, boolean printsMoney) {
        this.out = out;
        this.printsMoney = printsMoney;
    }

    /// With amounts of money as plain decimal numbers.
    static String of(PgNode node) {
        return of(node, false);
    }

    /// With amounts of money as they are printed in our sessions.
    static String printed(PgNode node) {
        return of(node, true);
    }

    private static String of(PgNode node, boolean printsMoney) {
        if (node instanceof PgNode.Leaf leaf) {
            return printsMoney ? printed(leaf) : leaf.text();
        }
        StringBuilder out = new StringBuilder();
        new NodeText(out, printsMoney).write(node);
        return out.toString();
    }

    private static String printed(PgNode.Leaf leaf) {
        return leaf.type().underneath().oid() == Oid.MONEY ? PgMoney.printed(leaf.text()) : leaf.text();
    }

    private String part(PgNode node) {
        return of(node, printsMoney);
    }

    private void write(PgNode node) {
        switch (node) {
            case PgNode.Null _ -> throw new IllegalStateException("Invalid value: a null by itself (must be a part)");
            case PgNode.Leaf leaf -> out.append(part(leaf));
            case PgNode.Elements array -> array(array);
            case PgNode.Range range -> range(range);
            case PgNode.Ranges(List<PgNode.Range> ranges) -> ranges(ranges);
            case PgNode.Row(_, List<PgNode> fields) -> row(fields);
            case PgNode.Pairs(List<PgNode.Pair> pairs) -> pairs(pairs);
        }
    }

    private void array(PgNode.Elements array) {
        List<Dimension> dimensions = array.dimensions();
        if (dimensions.stream().anyMatch(dimension -> dimension.lowerBound() != 1)) {
            for (Dimension dimension : dimensions) {
                out.append('[')
                        .append(dimension.lowerBound())
                        .append(':')
                        .append(dimension.lowerBound() + dimension.length() - 1)
                        .append(']');
            }
            out.append('=');
        }
        if (array.elements().isEmpty()) {
            out.append("{}");
        } else {
            level(array, 0, 0, PgArray.delimiter(array.type()));
        }
    }

    /// Writes one level of braces; returns the number of the element behind it.
    private int level(PgNode.Elements array, int depth, int first, char delimiter) {
        int next = first;
        out.append('{');
        for (int i = 0; i < array.dimensions().get(depth).length(); i++) {
            if (i > 0) {
                out.append(delimiter);
            }
            if (depth + 1 < array.dimensions().size()) {
                next = level(array, depth + 1, next, delimiter);
            } else {
                element(array.elements().get(next++), delimiter);
            }
        }
        out.append('}');
        return next;
    }

    private void element(PgNode node, char delimiter) {
        if (node instanceof PgNode.Null) {
            out.append("NULL");
            return;
        }
        String text = part(node);
        boolean quotes = text.isEmpty() || text.toUpperCase(Locale.ROOT).equals("NULL");
        for (int i = 0; i < text.length() && !quotes; i++) {
            char c = text.charAt(i);
            quotes = c == '"' || c == '\\' || c == '{' || c == '}' || c == delimiter || isBlank(c);
        }
        if (quotes) {
            quote(text, '\\');
        } else {
            out.append(text);
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private void range(PgNode.Range range) {
        if (range.empty()) {
            out.append("empty");
            return;
        }
        out.append(range.lowerInclusive() ? '[' : '(');
        bound(range.lower());
        out.append(',');
        bound(range.upper());
        out.append(range.upperInclusive() ? ']' : ')');
    }

    private void bound(@Nullable PgNode bound) {
        if (bound != null) {
            quotable(part(bound), "\"\\()[],");
        }
    }

    private void ranges(List<PgNode.Range> ranges) {
        out.append('{');
        for (int i = 0; i < ranges.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            range(ranges.get(i));
        }
        out.append('}');
    }

    private void row(List<PgNode> fields) {
        out.append('(');
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            if (!(fields.get(i) instanceof PgNode.Null)) {
                quotable(part(fields.get(i)), "\"\\(),");
            }
        }
        out.append(')');
    }

    private void pairs(List<PgNode.Pair> pairs) {
        for (int i = 0; i < pairs.size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            quote(pairs.get(i).key(), '\\');
            out.append("=>");
            String value = pairs.get(i).value();
            if (value == null) {
                out.append("NULL");
            } else {
                quote(value, '\\');
            }
        }
    }

    /// A bound or field, in quotes if it is empty or has a blank or one of some characters; there, what is special is doubled.
    private void quotable(String text, String special) {
        boolean quotes = text.isEmpty();
        for (int i = 0; i < text.length() && !quotes; i++) {
            quotes = isBlank(text.charAt(i)) || special.indexOf(text.charAt(i)) >= 0;
        }
        if (quotes) {
            quote(text, '"');
        } else {
            out.append(text);
        }
    }

    /// @param escape what stands before a quote; a backslash has one before it always
    private void quote(String text, char escape) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                out.append(escape);
            } else if (c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }
}
