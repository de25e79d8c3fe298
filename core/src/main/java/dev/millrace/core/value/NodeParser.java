package dev.millrace.core.value;

import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgNode.Dimension;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the text of values that have parts: what `array_out`, `range_out`, `multirange_out`, `record_out` and `hstore_out` write.
final class NodeParser {

    private NodeParser() {}

    static PgNode parse(SourceType type, String text) {
        TextCursor in = new TextCursor(text);
        PgNode node =
                switch (type) {
                    case SourceType.Domain domain -> parse(domain.base(), text);
                    case SourceType.Scalar scalar when ExtensionType.HSTORE.is(scalar) -> pairs(in);
                    case SourceType.Scalar _, SourceType.Enumeration _, SourceType.Hashed _ -> new PgNode.Leaf(type, PgText.reprinted(type, text));
                    case SourceType.ArrayOf array -> new ArrayParser(array, in).parse();
                    case SourceType.RangeOf range -> range(range.element(), in);
                    case SourceType.MultirangeOf multirange -> ranges(multirange.element(), in);
                    case SourceType.Composite composite -> row(composite, in);
                };
        boolean hasParts = !(node instanceof PgNode.Leaf) && !(type instanceof SourceType.Domain);
        if (hasParts && !in.atEnd()) {
            throw in.invalid(type.name());
        }
        return node;
    }

    private static PgNode.Range range(SourceType element, TextCursor in) {
        if (in.acceptAll("empty")) {
            return new PgNode.Range(true, null, false, null, false);
        }
        boolean lowerInclusive = in.oneOf('[', '(') == '[';
        PgNode lower = bound(element, in);
        in.expect(',');
        PgNode upper = bound(element, in);
        boolean upperInclusive = in.oneOf(']', ')') == ']';
        return new PgNode.Range(false, lower, lowerInclusive, upper, upperInclusive);
    }

    private static @Nullable PgNode bound(SourceType element, TextCursor in) {
        String text = in.quotable(",)]");
        return text == null ? null : parse(element, text);
    }

    private static PgNode.Ranges ranges(SourceType element, TextCursor in) {
        List<PgNode.Range> ranges = new ArrayList<>();
        in.expect('{');
        while (!in.accept('}')) {
            if (!ranges.isEmpty()) {
                in.expect(',');
            }
            ranges.add(range(element, in));
        }
        return new PgNode.Ranges(ranges);
    }

    private static PgNode.Row row(SourceType.Composite type, TextCursor in) {
        List<PgNode> fields = new ArrayList<>();
        in.expect('(');
        if (type.fields().isEmpty() && in.accept(')')) {
            return new PgNode.Row(type, fields);
        }
        do {
            String text = in.quotable(",)");
            if (text == null) {
                fields.add(new PgNode.Null());
            } else if (fields.size() < type.fields().size()) {
                fields.add(parse(type.fields().get(fields.size()).type(), text));
            } else {
                fields.add(new PgNode.Leaf(type, text));
            }
        } while (in.oneOf(',', ')') == ',');
        return new PgNode.Row(type, fields);
    }

    private static PgNode.Pairs pairs(TextCursor in) {
        List<PgNode.Pair> pairs = new ArrayList<>();
        while (!in.atEnd()) {
            if (!pairs.isEmpty()) {
                in.expect(',');
                in.expect(' ');
            }
            String key = in.quoted();
            in.expect('=');
            in.expect('>');
            pairs.add(new PgNode.Pair(key, in.acceptAll("NULL") ? null : in.quoted()));
        }
        return new PgNode.Pairs(pairs);
    }

    /// Reads one array's text; belongs to it.
    private static final class ArrayParser {

        private static final int DIMENSIONS_MAX = 6;

        private final SourceType.ArrayOf type;
        private final TextCursor in;
        private final char delimiter;
        private final int[] lengths = new int[DIMENSIONS_MAX];
        private int depths;
        private final List<PgNode> elements = new ArrayList<>();

        ArrayParser(SourceType.ArrayOf type, TextCursor in) {
            this.type = type;
            this.in = in;
            this.delimiter = PgArray.delimiter(type);
        }

        PgNode.Elements parse() {
            List<Integer> lowerBounds = lowerBounds();
            if (in.acceptAll("{}")) {
                return new PgNode.Elements(type, List.of(), List.of());
            }
            level(0);
            List<Dimension> dimensions = new ArrayList<>();
            for (int i = 0; i < depths; i++) {
                dimensions.add(new Dimension(lengths[i], i < lowerBounds.size() ? lowerBounds.get(i) : 1));
            }
            return new PgNode.Elements(type, dimensions, elements);
        }

        private List<Integer> lowerBounds() {
            List<Integer> bounds = new ArrayList<>();
            while (in.accept('[')) {
                bounds.add(in.integer());
                in.expect(':');
                in.integer();
                in.expect(']');
            }
            if (!bounds.isEmpty()) {
                in.expect('=');
            }
            return bounds;
        }

        private void level(int depth) {
            if (depth == DIMENSIONS_MAX) {
                throw in.invalid(type.name());
            }
            in.expect('{');
            depths = Math.max(depths, depth + 1);
            int count = 0;
            do {
                if (in.peek() == '{') {
                    level(depth + 1);
                } else {
                    element();
                }
                count++;
            } while (in.oneOf(delimiter, '}') == delimiter);
            if (lengths[depth] != 0 && lengths[depth] != count) {
                throw in.invalid(type.name());
            }
            lengths[depth] = count;
        }

        private void element() {
            boolean isQuoted = in.peek() == '"';
            String text = isQuoted ? in.quoted() : in.plain(delimiter);
            elements.add(!isQuoted && text.equals("NULL") ? new PgNode.Null() : NodeParser.parse(type.element(), text));
        }
    }
}
