package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The text of PostgreSQL's output functions for values that arrived in binary: what a `::text` column would have held.
///
/// Written in the canonical settings: ISO dates, UTC, the `postgres` interval style, hexadecimal bytea.
public final class PgText {

    private PgText() {}

    /// The text of a field, whichever form it has.
    ///
    /// @param type the column's type
    /// @param kind [Tuple#TEXT] or [Tuple#BINARY]; binary only for types whose [dev.millrace.core.shape.WireForm] is binary
    public static String of(SourceType type, byte kind, byte[] bytes, int offset, int length) {
        if (kind == Tuple.TEXT) {
            return utf8(bytes, offset, length);
        }
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> scalar(scalar, bytes, offset, length);
            case SourceType.Enumeration _ -> utf8(bytes, offset, length);
            case SourceType.Domain _, SourceType.ArrayOf _, SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ ->
                throw binaryUnknown(type);
        };
    }

    private static String scalar(SourceType.Scalar type, byte[] bytes, int offset, int length) {
        return switch (type.oid()) {
            case Oid.BOOL -> bytes[offset] == 0 ? "f" : "t";
            case Oid.INT2 -> Integer.toString(Tuple.int16(bytes, offset));
            case Oid.INT4 -> Integer.toString(Tuple.int32(bytes, offset));
            case Oid.INT8 -> Long.toString(Tuple.int64(bytes, offset));
            case Oid.OID -> Integer.toUnsignedString(Tuple.int32(bytes, offset));
            case Oid.FLOAT4 -> PgFloat.text(Float.intBitsToFloat(Tuple.int32(bytes, offset)));
            case Oid.FLOAT8 -> PgFloat.text(Double.longBitsToDouble(Tuple.int64(bytes, offset)));
            case Oid.NUMERIC -> PgNumeric.text(bytes, offset, length);
            case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME, Oid.CHAR, Oid.JSON -> utf8(bytes, offset, length);
            case Oid.JSONB -> utf8(bytes, offset + 1, length - 1);
            case Oid.BYTEA -> "\\x" + HexFormat.of().formatHex(bytes, offset, offset + length);
            case Oid.UUID -> uuid(bytes, offset);
            case Oid.DATE -> PgDate.text(Tuple.int32(bytes, offset));
            case Oid.TIME -> PgTime.timeText(Tuple.int64(bytes, offset));
            case Oid.TIMETZ -> PgTime.timeWithZoneText(Tuple.int64(bytes, offset), Tuple.int32(bytes, offset + 8));
            case Oid.TIMESTAMP -> PgTime.timestampText(Tuple.int64(bytes, offset));
            case Oid.TIMESTAMPTZ -> PgTime.timestampWithZoneText(Tuple.int64(bytes, offset));
            case Oid.INET, Oid.CIDR -> PgInet.text(bytes, offset, length);
            case Oid.INTERVAL -> PgInterval.read(bytes, offset).text();
            default -> throw binaryUnknown(type);
        };
    }

    private static IllegalStateException binaryUnknown(SourceType type) {
        return new IllegalStateException("Invalid form of a value of type " + type.name() + ": binary (must be text)");
    }

    private static String uuid(byte[] bytes, int offset) {
        return new java.util.UUID(Tuple.int64(bytes, offset), Tuple.int64(bytes, offset + 8)).toString();
    }

    private static String utf8(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
