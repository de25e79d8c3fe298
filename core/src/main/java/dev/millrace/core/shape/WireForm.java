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
/// [#BINARY] or is sent as text anyhow, having no send function: [#mustBeLoggedAsText] says which are neither.
public enum WireForm {
    /// As the type's send function writes it. Decoders know the format of each of these types.
    BINARY,
    /// As the type's output function writes it, in UTF-8.
    TEXT;

    /// The form of a type's values: binary if the formats of everything within are known.
    public static WireForm of(SourceType type) {
        return isKnown(type) ? BINARY : TEXT;
    }

    /// Whether pgoutput would send values of this type in a binary form that nobody decodes, or break off because something within has
    /// none.
    public static boolean mustBeLoggedAsText(SourceType type) {
        if (type instanceof SourceType.Hashed(SourceType logged)) {
            return mustBeLoggedAsText(logged);
        }
        return of(type) == TEXT && (!(type.underneath() instanceof SourceType.Scalar scalar) || scalar.binary());
    }

    private static boolean isKnown(SourceType type) {
        return switch (type) {
            case SourceType.Scalar scalar -> isKnown(scalar.oid()) || ExtensionType.of(scalar).isPresent();
            case SourceType.Enumeration _ -> true;
            case SourceType.Domain domain -> isKnown(domain.base());
            case SourceType.ArrayOf array -> isKnown(array.element());
            case SourceType.RangeOf range -> isKnown(range.element());
            case SourceType.MultirangeOf multirange -> isKnown(multirange.element());
            case SourceType.Hashed _ -> false;
            case SourceType.Composite composite -> composite.fields().stream().allMatch(field -> isKnown(field.type()));
        };
    }

    /// Every built-in type that a column can have and that is sent whole. Not `regclass` and its like: in binary they are numbers, whose
    /// names only the source knows.
    private static boolean isKnown(int oid) {
        return switch (oid) {
            case Oid.BOOL, Oid.INT2, Oid.INT4, Oid.INT8, Oid.OID, Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC, Oid.MONEY -> true;
            case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME, Oid.CHAR, Oid.REFCURSOR, Oid.BYTEA, Oid.UUID -> true;
            case Oid.JSON, Oid.JSONB, Oid.JSONPATH, Oid.XML -> true;
            case Oid.DATE, Oid.TIME, Oid.TIMETZ, Oid.TIMESTAMP, Oid.TIMESTAMPTZ, Oid.INTERVAL -> true;
            case Oid.INET, Oid.CIDR, Oid.MACADDR, Oid.MACADDR8 -> true;
            case Oid.BIT, Oid.VARBIT -> true;
            case Oid.POINT, Oid.LINE, Oid.LSEG, Oid.PATH, Oid.BOX, Oid.POLYGON, Oid.CIRCLE -> true;
            case Oid.TSVECTOR, Oid.TSQUERY -> true;
            case Oid.TID, Oid.XID, Oid.CID, Oid.XID8, Oid.PG_LSN, Oid.TXID_SNAPSHOT, Oid.PG_SNAPSHOT -> true;
            case Oid.INT2VECTOR, Oid.OIDVECTOR -> true;
            default -> false;
        };
    }
}
