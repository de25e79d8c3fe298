package dev.millrace.core.value;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Values as JSON: types that have parts but no counterpart in a destination. Every value of theirs has a JSON that tells it apart from
/// all others of its type.
///
/// By itself, a row is what PostgreSQL's `to_json` makes of it, an `hstore` an object, a range `{"start_value":1,"end_value":5,
/// "start_bound":"inclusive","end_bound":"exclusive"}` with `open` for a bound that is missing, whose value is left out, or
/// `{"empty":true}`; a multirange is an array of those; a geometric value is an object in the manner of GeoJSON, in which a coordinate
/// that is no number is a string. An array of any of these is an array. Within any of these, everything is what `to_json` makes of it,
/// except that an array that does not begin at 1, and JSON that not everybody reads, is a string with PostgreSQL's text of it, and an
/// amount of money is the number that it is by itself.
///
/// Belongs to one thread.
public final class PgJson {

    private static final Pattern NO_NUMBER = Pattern.compile("NaN|-?Infinity");

    private final StringBuilder out = new StringBuilder();

    private PgJson() {}

    /// Whether values of a type are kept as JSON of this kind. Those of `json` itself are not meant.
    public static boolean hasShape(SourceType type) {
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> isGeometric(scalar) || ExtensionType.HSTORE.is(scalar);
            case SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ -> true;
            case SourceType.ArrayOf array -> hasShape(array.element());
            case SourceType.Enumeration _, SourceType.Domain _, SourceType.Hashed _ -> false;
        };
    }

    private static boolean isGeometric(SourceType.Scalar type) {
        return switch (type.oid()) {
            case Oid.POINT, Oid.LINE, Oid.LSEG, Oid.PATH, Oid.BOX, Oid.POLYGON, Oid.CIRCLE -> true;
            default -> false;
        };
    }

    /// The JSON of a value.
    ///
    /// @throws MalformedValue if a part of it is no value of its type
    public static String of(PgNode node) {
        PgJson json = new PgJson();
        try {
            json.shape(node);
        } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
            throw new MalformedValue("Invalid value: a part that is not of its type");
        }
        return json.out.toString();
    }

    private void shape(PgNode node) {
        switch (node) {
            case PgNode.Range range -> range(range);
            case PgNode.Ranges(List<PgNode.Range> ranges) -> list(ranges, this::range);
            case PgNode.Leaf(SourceType type, String text) when hasShape(type) -> geometry(type.underneath().oid(), text);
            case PgNode.Elements array -> array(array, this::shape);
            case PgNode.Null _, PgNode.Leaf _, PgNode.Row _, PgNode.Pairs _ -> write(node);
        }
    }

    private interface Part<T> {
        void write(T part);
    }

    private <T> void list(List<T> parts, Part<T> writer) {
        out.append('[');
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            writer.write(parts.get(i));
        }
        out.append(']');
    }

    private void write(PgNode node) {
        switch (node) {
            case PgNode.Null _ -> out.append("null");
            case PgNode.Leaf(SourceType type, String text) -> leaf(type.underneath().oid(), text);
            case PgNode.Elements array -> array(array, this::write);
            case PgNode.Range _, PgNode.Ranges _ -> quote(NodeText.of(node));
            case PgNode.Row row -> row(row);
            case PgNode.Pairs(List<PgNode.Pair> pairs) -> pairs(pairs);
        }
    }

    private void leaf(int oid, String text) {
        switch (oid) {
            case Oid.BOOL -> out.append(text.equals("t") ? "true" : "false");
            case Oid.INT2, Oid.INT4, Oid.INT8, Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC, Oid.MONEY -> {
                char last = text.charAt(text.length() - 1);
                if (last >= '0' && last <= '9') {
                    out.append(text);
                } else {
                    quote(text);
                }
            }
            case Oid.JSON, Oid.JSONB -> {
                if (Surrogates.hasLoneEscape(text)) {
                    quote(text);
                } else {
                    out.append(text);
                }
            }
            case Oid.TIMESTAMP -> quote(text.replaceFirst(" ", "T"));
            // Our sessions have no other time zone than UTC.
            case Oid.TIMESTAMPTZ -> quote(text.replaceFirst(" ", "T").replace("+00", "+00:00"));
            default -> quote(text);
        }
    }

    private void array(PgNode.Elements array, Part<PgNode> writer) {
        if (array.dimensions().stream().anyMatch(dimension -> dimension.lowerBound() != 1)) {
            quote(NodeText.of(array));
        } else if (array.elements().isEmpty()) {
            out.append("[]");
        } else {
            level(array, 0, 0, writer);
        }
    }

    /// Writes one dimension; returns the number of the element behind it.
    private int level(PgNode.Elements array, int depth, int first, Part<PgNode> writer) {
        int next = first;
        out.append('[');
        for (int i = 0; i < array.dimensions().get(depth).length(); i++) {
            if (i > 0) {
                out.append(',');
            }
            if (depth + 1 < array.dimensions().size()) {
                next = level(array, depth + 1, next, writer);
            } else {
                writer.write(array.elements().get(next++));
            }
        }
        out.append(']');
        return next;
    }

    private void row(PgNode.Row row) {
        List<Column> columns = row.type().fields();
        if (columns.size() < row.fields().size()) {
            quote(NodeText.of(row));
            return;
        }
        out.append('{');
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            quote(columns.get(i).name());
            out.append(':');
            // A field that was added to the type after the row was written is null.
            write(i < row.fields().size() ? row.fields().get(i) : new PgNode.Null());
        }
        out.append('}');
    }

    private void pairs(List<PgNode.Pair> pairs) {
        out.append('{');
        for (int i = 0; i < pairs.size(); i++) {
            out.append(i > 0 ? ", " : "");
            quote(pairs.get(i).key());
            out.append(": ");
            String value = pairs.get(i).value();
            if (value == null) {
                out.append("null");
            } else {
                quote(value);
            }
        }
        out.append('}');
    }

    private void range(PgNode.Range range) {
        if (range.empty()) {
            out.append("{\"empty\":true}");
            return;
        }
        out.append('{');
        value("start_value", range.lower());
        value("end_value", range.upper());
        out.append("\"start_bound\":\"").append(bound(range.lower(), range.lowerInclusive()));
        out.append("\",\"end_bound\":\"").append(bound(range.upper(), range.upperInclusive())).append("\"}");
    }

    private void value(String name, @Nullable PgNode bound) {
        if (bound != null) {
            out.append('"').append(name).append("\":");
            write(bound);
            out.append(',');
        }
    }

    private static String bound(@Nullable PgNode bound, boolean inclusive) {
        return bound == null ? "open" : inclusive ? "inclusive" : "exclusive";
    }

    /// A geometric value, from its text: the brackets become JSON's.
    private void geometry(int oid, String text) {
        String numbers = NO_NUMBER.matcher(text).replaceAll("\"$0\"");
        String brackets = numbers.replace('(', '[').replace(')', ']');
        switch (oid) {
            case Oid.POINT -> object("Point", "\"coordinates\":" + brackets);
            case Oid.LINE -> object("InfiniteLine", "\"coefficients\":" + numbers.replace('{', '[').replace('}', ']'));
            case Oid.LSEG -> object("LineString", "\"coordinates\":" + brackets);
            case Oid.PATH -> object(
                    "MultiLineString", "\"closed\":" + text.startsWith("(") + ",\"coordinates\":" + brackets);
            case Oid.POLYGON -> object("Polygon", "\"coordinates\":[" + brackets + "]");
            case Oid.BOX -> object("Polygon", "\"coordinates\":" + corners(numbers));
            default -> {
                int comma = brackets.lastIndexOf(',');
                object(
                        "Circle",
                        "\"center\":" + brackets.substring(1, comma) + ",\"radius\":" + brackets.substring(comma + 1, brackets.length() - 1));
            }
        }
    }

    private void object(String type, String rest) {
        out.append("{\"type\":\"").append(type).append("\",").append(rest).append('}');
    }

    /// The four corners of a box that is written as two: top right, bottom right, bottom left, top left.
    private static String corners(String text) {
        String[] numbers = text.replace("(", "").replace(")", "").split(",", -1);
        return "[[%1$s,%2$s],[%1$s,%4$s],[%3$s,%4$s],[%3$s,%2$s]]".formatted((Object[]) numbers);
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
