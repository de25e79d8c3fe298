package dev.millrace.core.shape;

/// In which of PostgreSQL's two forms the values of a type travel in a first copy.
///
/// One rule for everybody: the reader of a table selects a column as it is where its type is [#BINARY], and cast to `text` where it
/// is [#TEXT]; so a field of a copied row holds the bytes of the type's send function in the first case, and the UTF-8 text of its
/// output function in the second, although the framing is that of a binary COPY in both. Decoders ask the same rule.
///
/// In the log each field says its own form ([dev.millrace.core.change.Tuple#kind]), and text is understood for every type. Binary is
/// understood for the types that are [#BINARY] here and for no other. pgoutput's `binary` option knows no such choice: it sends
/// every type in binary that has a send function. So the log may be asked for in binary only while every column that it carries is
/// [#BINARY] or has no [binary form][SourceType#hasBinaryForm] at all.
public enum WireForm {
    /// As the type's send function writes it. Decoders know the format of each of these types.
    BINARY,
    /// As the type's output function writes it, in UTF-8.
    TEXT;

    /// The form of a type's values.
    public static WireForm of(SourceType type) {
        return switch (type) {
            case SourceType.Scalar scalar -> ofScalar(scalar.oid());
            case SourceType.Enumeration _ -> BINARY;
            case SourceType.Domain domain -> of(domain.base());
            case SourceType.ArrayOf _, SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ -> TEXT;
        };
    }

    private static WireForm ofScalar(int oid) {
        return switch (oid) {
            case Oid.BOOL, Oid.INT2, Oid.INT4, Oid.INT8, Oid.OID, Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC -> BINARY;
            case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME, Oid.CHAR, Oid.JSON, Oid.JSONB, Oid.BYTEA, Oid.UUID -> BINARY;
            // Casting an inet to text shows a netmask that its output function leaves out.
            case Oid.INET, Oid.CIDR -> BINARY;
            case Oid.DATE, Oid.TIME, Oid.TIMETZ, Oid.TIMESTAMP, Oid.TIMESTAMPTZ, Oid.INTERVAL -> BINARY;
            default -> TEXT;
        };
    }
}
