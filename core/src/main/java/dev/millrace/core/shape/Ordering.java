package dev.millrace.core.shape;

import java.util.Optional;

/// How values of a type are compared where we have to do what PostgreSQL does: only the types whose order is the same in every database
/// have one.
public enum Ordering {
    /// Whole and decimal numbers, by value; `NaN` behind all.
    NUMBER("numeric"),
    /// Numbers of single precision; `NaN` equal to itself and behind all, both zeros equal.
    FLOAT4("float4"),
    /// Numbers of double precision, in the same way.
    FLOAT8("float8"),
    /// Texts, by their bytes in UTF-8, which is the collation `C`; blanks at the end of a `char(n)` count for nothing.
    TEXT("text"),
    /// False before true.
    BOOLEAN("bool"),
    DATE("date"),
    TIME("time"),
    TIMESTAMP("timestamp"),
    TIMESTAMPTZ("timestamptz"),
    UUID("uuid"),
    BYTES("bytea"),
    /// Labels of an enumeration, which are equal or not: which comes first only the source knows.
    LABEL("text");

    private final String type;

    Ordering(String type) {
        this.type = type;
    }

    /// The type of PostgreSQL that values are read as.
    public String type() {
        return type;
    }

    /// Whether one value can be said to come before another.
    public boolean isOrdered() {
        return this != LABEL;
    }

    /// How values of a type are compared; empty where that depends on the database, or takes more than the value.
    public static Optional<Ordering> of(SourceType type) {
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> of(scalar.oid());
            case SourceType.Enumeration _ -> Optional.of(LABEL);
            case SourceType.Domain _,
                    SourceType.ArrayOf _,
                    SourceType.RangeOf _,
                    SourceType.MultirangeOf _,
                    SourceType.Composite _,
                    SourceType.Hashed _ -> Optional.empty();
        };
    }

    private static Optional<Ordering> of(int oid) {
        return switch (oid) {
            case Oid.INT2, Oid.INT4, Oid.INT8, Oid.NUMERIC -> Optional.of(NUMBER);
            case Oid.FLOAT4 -> Optional.of(FLOAT4);
            case Oid.FLOAT8 -> Optional.of(FLOAT8);
            case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME -> Optional.of(TEXT);
            case Oid.BOOL -> Optional.of(BOOLEAN);
            case Oid.DATE -> Optional.of(DATE);
            case Oid.TIME -> Optional.of(TIME);
            case Oid.TIMESTAMP -> Optional.of(TIMESTAMP);
            case Oid.TIMESTAMPTZ -> Optional.of(TIMESTAMPTZ);
            case Oid.UUID -> Optional.of(UUID);
            case Oid.BYTEA -> Optional.of(BYTES);
            default -> Optional.empty();
        };
    }
}
