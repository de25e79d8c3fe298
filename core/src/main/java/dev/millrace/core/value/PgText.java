package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;

/// The text of PostgreSQL's output functions for values that arrived in binary: what a `::text` column would have held.
///
/// Written in the canonical settings: ISO dates, UTC, the `postgres` interval style, hexadecimal bytea, floating-point numbers as
/// the source's version writes them. One text differs: an amount of `money`, by itself or within anything, is a plain decimal number with
/// as many decimals as the source's `lc_monetary` has.
public final class PgText {

    private PgText() {}

    /// The text of a field, whichever form it has.
    ///
    /// @param type the column's type
    /// @param kind [Tuple#TEXT] or [Tuple#BINARY]; binary only for types whose [dev.millrace.core.shape.WireForm] is binary
    /// @throws MalformedValue if the bytes are not of the type
    public static String of(SourceType type, byte kind, byte[] bytes, int offset, int length) {
        SourceType plain = type.underneath();
        if (kind == Tuple.TEXT && !isReprinted(plain)) {
            return utf8(bytes, offset, length);
        }
        return NodeText.of(PgNode.read(plain, kind, bytes, offset, length));
    }

    /// The text of a field in binary, amounts of `money` too, exactly as the output function writes it in our sessions.
    ///
    /// @throws MalformedValue if the bytes are not of the type
    static String printed(SourceType type, byte[] bytes, int offset, int length) {
        return NodeText.printed(PgNode.read(type.underneath(), Tuple.BINARY, bytes, offset, length));
    }

    /// The text of a value that has been taken apart.
    public static String of(PgNode node) {
        return NodeText.of(node);
    }

    /// Whether a text from the source can differ from the one that we write for the same value: it holds floating-point numbers or
    /// amounts of money.
    public static boolean isReprinted(SourceType type) {
        return switch (type) {
            case SourceType.Scalar scalar -> isMoney(scalar) || hasFloats(scalar);
            case SourceType.Enumeration _, SourceType.Hashed _ -> false;
            case SourceType.Domain domain -> isReprinted(domain.base());
            case SourceType.ArrayOf array -> isReprinted(array.element());
            case SourceType.RangeOf range -> isReprinted(range.element());
            case SourceType.MultirangeOf multirange -> isReprinted(multirange.element());
            case SourceType.Composite composite -> composite.fields().stream().anyMatch(field -> isReprinted(field.type()));
        };
    }

    private static boolean isMoney(SourceType type) {
        return type.oid() == Oid.MONEY;
    }

    /// Whether values of the type are floating-point numbers or made of them.
    public static boolean hasFloats(SourceType.Scalar type) {
        return switch (type.oid()) {
            case Oid.FLOAT4, Oid.FLOAT8, Oid.POINT, Oid.LINE, Oid.LSEG, Oid.PATH, Oid.BOX, Oid.POLYGON, Oid.CIRCLE -> true;
            default -> ExtensionType.CUBE.is(type);
        };
    }

    /// The text that we write for a value without parts, of a text from the source.
    static String reprinted(SourceType type, String text) {
        if (!(type.underneath() instanceof SourceType.Scalar scalar) || !isReprinted(scalar)) {
            return text;
        }
        return switch (scalar.oid()) {
            case Oid.MONEY -> PgMoney.decimal(PgMoney.units(text), scalar.modifier());
            case Oid.FLOAT4 -> number(scalar, Float.parseFloat(text));
            case Oid.FLOAT8 -> number(scalar, Double.parseDouble(text));
            default -> PgGeometry.reprinted(text, hasAllDigits(scalar));
        };
    }

    /// Whether values of the type are numbers, or arrays of them, that the source prints with [all digits][SourceType.Scalar#ALL_DIGITS].
    public static boolean hasAllDigits(SourceType type) {
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> hasFloats(scalar) && scalar.modifier() == SourceType.Scalar.ALL_DIGITS;
            case SourceType.ArrayOf array -> hasAllDigits(array.element());
            case SourceType.Enumeration _,
                    SourceType.Domain _,
                    SourceType.RangeOf _,
                    SourceType.MultirangeOf _,
                    SourceType.Composite _,
                    SourceType.Hashed _ -> false;
        };
    }

    private static String number(SourceType.Scalar type, float value) {
        return hasAllDigits(type) ? PgFloat.allDigits(value) : PgFloat.text(value);
    }

    private static String number(SourceType.Scalar type, double value) {
        return hasAllDigits(type) ? PgFloat.allDigits(value) : PgFloat.text(value);
    }

    private static String geometry(SourceType.Scalar type, FieldReader in) {
        String text = PgGeometry.text(type.oid(), in);
        return hasAllDigits(type) ? PgGeometry.reprinted(text, true) : text;
    }

    /// The text of a value without parts in binary.
    static String leaf(SourceType type, byte[] bytes, int offset, int length) {
        FieldReader in = new FieldReader(bytes, offset, length);
        String text =
                switch (type) {
                    case SourceType.Scalar scalar -> ExtensionType.of(scalar)
                            .map(extension -> ofExtension(extension, in))
                            .orElseGet(() -> builtIn(scalar, in));
                    case SourceType.Enumeration _ -> in.text(length);
                    case SourceType.Domain _,
                            SourceType.ArrayOf _,
                            SourceType.RangeOf _,
                            SourceType.MultirangeOf _,
                            SourceType.Composite _,
                            SourceType.Hashed _ -> throw binaryUnknown(type);
                };
        in.expectEnd();
        return text;
    }

    private static String ofExtension(ExtensionType type, FieldReader in) {
        return switch (type) {
            case CITEXT -> in.text(in.left());
            case LTREE, LQUERY, LTXTQUERY -> versioned(in);
            case CUBE -> PgGeometry.cube(in);
            case HSTORE -> throw new IllegalStateException("Invalid reading of an hstore: as a whole (must be by its parts)");
        };
    }

    private static String builtIn(SourceType.Scalar type, FieldReader in) {
        return switch (type.oid()) {
            case Oid.BOOL -> in.int8() == 0 ? "f" : "t";
            case Oid.INT2 -> Integer.toString(in.int16());
            case Oid.INT4 -> Integer.toString(in.int32());
            case Oid.INT8 -> Long.toString(in.int64());
            case Oid.OID, Oid.XID, Oid.CID -> Integer.toUnsignedString(in.int32());
            case Oid.XID8 -> Long.toUnsignedString(in.int64());
            case Oid.FLOAT4 -> number(type, Float.intBitsToFloat(in.int32()));
            case Oid.FLOAT8 -> number(type, in.float64());
            case Oid.NUMERIC -> numeric(in);
            case Oid.MONEY -> PgMoney.decimal(in.int64(), type.modifier());
            case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME, Oid.REFCURSOR, Oid.JSON, Oid.XML -> in.text(in.left());
            case Oid.CHAR -> PgSmall.character(in);
            case Oid.JSONB, Oid.JSONPATH -> versioned(in);
            case Oid.BYTEA -> hex(in);
            case Oid.UUID -> new UUID(in.int64(), in.int64()).toString();
            case Oid.DATE -> PgDate.text(in.int32());
            case Oid.TIME -> PgTime.timeText(in.int64());
            case Oid.TIMETZ -> PgTime.timeWithZoneText(in.int64(), in.int32());
            case Oid.TIMESTAMP -> PgTime.timestampText(in.int64());
            case Oid.TIMESTAMPTZ -> PgTime.timestampWithZoneText(in.int64());
            case Oid.INTERVAL -> PgInterval.read(in.bytes(), in.skip(16)).text();
            case Oid.INET, Oid.CIDR -> inet(in);
            case Oid.MACADDR -> PgSmall.hexWithColons(in, 6);
            case Oid.MACADDR8 -> PgSmall.hexWithColons(in, 8);
            case Oid.BIT, Oid.VARBIT -> PgSmall.bits(in);
            case Oid.POINT, Oid.LINE, Oid.LSEG, Oid.PATH, Oid.BOX, Oid.POLYGON, Oid.CIRCLE -> geometry(type, in);
            case Oid.TSVECTOR -> PgTextSearch.vector(in);
            case Oid.TSQUERY -> PgTextSearch.query(in);
            case Oid.TID -> "(%s,%d)".formatted(Integer.toUnsignedString(in.int32()), in.int16() & 0xFFFF);
            case Oid.PG_LSN -> "%X/%X".formatted(in.int32(), in.int32());
            case Oid.TXID_SNAPSHOT, Oid.PG_SNAPSHOT -> PgSmall.snapshot(in);
            case Oid.INT2VECTOR -> PgSmall.vector(in, reader -> Integer.toString(reader.int16()));
            case Oid.OIDVECTOR -> PgSmall.vector(in, reader -> Integer.toUnsignedString(reader.int32()));
            default -> throw binaryUnknown(type);
        };
    }

    private static String numeric(FieldReader in) {
        int length = in.left();
        int offset = in.skip(length);
        return PgNumeric.text(in.bytes(), offset, length);
    }

    private static String inet(FieldReader in) {
        int length = in.left();
        int offset = in.skip(length);
        return PgInet.text(in.bytes(), offset, length);
    }

    private static String hex(FieldReader in) {
        int length = in.left();
        int offset = in.skip(length);
        return "\\x" + HexFormat.of().formatHex(in.bytes(), offset, offset + length);
    }

    /// A text behind the number of its format, which has been 1 ever since.
    private static String versioned(FieldReader in) {
        int version = in.int8();
        if (version != 1) {
            throw new MalformedValue("Invalid version of a value: %d (must be 1)".formatted(version));
        }
        return in.text(in.left());
    }

    private static IllegalStateException binaryUnknown(SourceType type) {
        return new IllegalStateException("Invalid form of a value of type " + type.name() + ": binary (must be text)");
    }

    static String utf8(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
