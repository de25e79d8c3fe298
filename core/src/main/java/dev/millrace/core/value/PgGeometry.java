package dev.millrace.core.value;

import dev.millrace.core.shape.Oid;
import java.util.regex.Pattern;

/// Points, lines and shapes: their text from the binary form.
final class PgGeometry {

    private static final Pattern NUMBER = Pattern.compile("-?(?:[0-9][0-9.]*(?:e[+-]?[0-9]+)?)");
    private static final int CUBE_IS_POINT = 0x80000000;
    private static final int CUBE_DIMENSIONS_MAX = 100;

    private PgGeometry() {}

    static String text(int oid, FieldReader in) {
        return switch (oid) {
            case Oid.POINT -> point(in);
            case Oid.LSEG -> "[" + point(in) + "," + point(in) + "]";
            case Oid.BOX -> point(in) + "," + point(in);
            case Oid.LINE -> "{" + number(in) + "," + number(in) + "," + number(in) + "}";
            case Oid.CIRCLE -> "<" + point(in) + "," + number(in) + ">";
            case Oid.PATH -> in.int8() != 0 ? "(" + points(in) + ")" : "[" + points(in) + "]";
            case Oid.POLYGON -> "(" + points(in) + ")";
            default -> throw new IllegalStateException("Invalid geometric type: " + oid);
        };
    }

    private static String points(FieldReader in) {
        int count = in.count(16);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            out.append(i > 0 ? "," : "").append(point(in));
        }
        return out.toString();
    }

    private static String point(FieldReader in) {
        return "(" + number(in) + "," + number(in) + ")";
    }

    private static String number(FieldReader in) {
        return PgFloat.text(in.float64());
    }

    /// A `cube`: the number of dimensions with a flag, then one corner or two.
    static String cube(FieldReader in) {
        int header = in.int32();
        int dimensions = header & ~CUBE_IS_POINT;
        if (dimensions > CUBE_DIMENSIONS_MAX) {
            throw new MalformedValue("Invalid cube: %d dimensions (must be at most %d)".formatted(dimensions, CUBE_DIMENSIONS_MAX));
        }
        String corner = corner(dimensions, in);
        return (header & CUBE_IS_POINT) != 0 ? corner : corner + "," + corner(dimensions, in);
    }

    private static String corner(int dimensions, FieldReader in) {
        StringBuilder out = new StringBuilder("(");
        for (int i = 0; i < dimensions; i++) {
            out.append(i > 0 ? ", " : "").append(number(in));
        }
        return out.append(')').toString();
    }

    /// A text with every number as the source prints it.
    ///
    /// @param allDigits as PostgreSQL 11 does
    static String reprinted(String text, boolean allDigits) {
        return NUMBER.matcher(text).replaceAll(match -> {
            double number = Double.parseDouble(match.group());
            return allDigits ? PgFloat.allDigits(number) : PgFloat.text(number);
        });
    }
}
