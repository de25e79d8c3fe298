package dev.millrace.destination.duckdb.type;

import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgJson;
import dev.millrace.destination.duckdb.type.DuckType.Plain;

/// Which type of DuckDB a new column gets for a type of PostgreSQL.
///
/// What has no counterpart but has parts is kept as JSON ([PgJson]), everything else as PostgreSQL's own text.
public final class DuckTypes {

    /// What a `numeric` without precision gets until a value does not fit.
    public static final DuckType.Decimal OPEN_NUMERIC = new DuckType.Decimal(38, 9);

    private static final int MODIFIER_HEADER = 4;
    private static final int ANY = -1;
    /* A money is a number of 64 bits. */
    private static final int MONEY_DIGITS = 19;

    private DuckTypes() {}

    /// The type of a new column.
    public static DuckType of(SourceType type) {
        return switch (type) {
            case SourceType.Scalar scalar -> ofScalar(scalar);
            case SourceType.Enumeration _, SourceType.Hashed _ -> Plain.VARCHAR;
            case SourceType.Domain domain -> of(domain.base());
            case SourceType.ArrayOf array -> ofArray(array);
            case SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ -> Plain.JSON;
        };
    }

    private static DuckType ofScalar(SourceType.Scalar scalar) {
        return switch (scalar.oid()) {
            case Oid.BOOL -> Plain.BOOLEAN;
            case Oid.INT2 -> Plain.SMALLINT;
            case Oid.INT4 -> Plain.INTEGER;
            case Oid.INT8 -> Plain.BIGINT;
            case Oid.OID, Oid.XID, Oid.CID -> Plain.UINTEGER;
            case Oid.FLOAT4 -> Plain.FLOAT;
            case Oid.FLOAT8 -> Plain.DOUBLE;
            case Oid.NUMERIC -> ofNumeric(scalar.modifier());
            case Oid.MONEY -> new DuckType.Decimal(MONEY_DIGITS, Math.clamp(scalar.modifier(), 0, MONEY_DIGITS));
            case Oid.JSON, Oid.JSONB -> Plain.JSON;
            case Oid.BYTEA -> Plain.BLOB;
            case Oid.UUID -> Plain.UUID;
            case Oid.DATE -> Plain.DATE;
            case Oid.TIME -> Plain.TIME;
            case Oid.TIMETZ -> Plain.TIMETZ;
            case Oid.TIMESTAMP -> Plain.TIMESTAMP;
            case Oid.TIMESTAMPTZ -> Plain.TIMESTAMPTZ;
            case Oid.INTERVAL -> Plain.INTERVAL;
            default -> PgJson.hasShape(scalar) ? Plain.JSON : Plain.VARCHAR;
        };
    }

    /// The modifier holds precision and scale; from PostgreSQL 15 on the scale may be negative or above the precision.
    private static DuckType ofNumeric(int modifier) {
        if (modifier == ANY) {
            return OPEN_NUMERIC;
        }
        int packed = modifier - MODIFIER_HEADER;
        int precision = packed >> 16 & 0xFFFF;
        int scale = (packed & 0x7FF ^ 0x400) - 0x400;
        // One digit before the point at least, without which DuckDB prints none.
        int width = scale < 0 ? precision - scale : Math.max(precision, scale + 1);
        boolean fits = width <= DuckType.Decimal.MAX_WIDTH;
        return fits ? new DuckType.Decimal(width, Math.max(scale, 0)) : OPEN_NUMERIC;
    }

    /// A one-dimensional list, which becomes text with the first array that is none.
    private static DuckType ofArray(SourceType.ArrayOf array) {
        if (PgJson.hasShape(array)) {
            return Plain.JSON;
        }
        DuckType element = of(array.element());
        return element instanceof DuckType.ListOf ? Plain.VARCHAR : new DuckType.ListOf(element);
    }
}
