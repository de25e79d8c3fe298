package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgJson;
import dev.millrace.destination.duckdb.type.ColumnTypes;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;

/// Chooses the writer for a column of a shape and the type that it has, or shall have, in DuckDB.
public final class ColumnWriters {

    private ColumnWriters() {}

    /// A writer for the column.
    ///
    /// @param type DuckDB's, which must be as wide as [dev.millrace.destination.duckdb.type.DuckTypes#of] asks for or wider
    /// @param unfit told of every value that does not fit
    public static ColumnWriter of(Column column, DuckType type, Unfit unfit) {
        return switch (type) {
            case Plain.BOOLEAN -> new NumberWriters.OfBoolean();
            case Plain.SMALLINT, Plain.INTEGER, Plain.BIGINT, Plain.UINTEGER -> new NumberWriters.OfInteger((Plain) type, isOid(column));
            case Plain.FLOAT, Plain.DOUBLE -> ofDouble(column, (Plain) type);
            case DuckType.Decimal decimal -> new DecimalWriter(column, decimal, unfit);
            case Plain.DATE -> new TimeWriters.OfDate(column, unfit);
            case Plain.TIMESTAMP, Plain.TIMESTAMPTZ -> ofTimestamp(column, (Plain) type, unfit);
            case Plain.VARCHAR -> new TextWriter(column);
            case Plain.JSON -> PgJson.hasShape(column.type()) ? new ShapedWriter(column) : new JsonWriter(column, unfit);
            case Plain.BLOB -> new BlobWriter();
            case Plain.UUID, Plain.TIME, Plain.TIMETZ, Plain.INTERVAL -> new CastWriter(column, (Plain) type, unfit);
            case DuckType.ListOf list -> new ListWriter(column, list, unfit);
            case DuckType.Foreign foreign -> throw new IllegalStateException(
                    "Invalid type of column %s: %s (must be one that we make)".formatted(column.name(), foreign.sql()));
        };
    }

    /// A writer for a flag of our own.
    public static ColumnWriter ofFlag() {
        return new NumberWriters.OfBoolean();
    }

    /// A writer for a 64-bit number of our own.
    public static ColumnWriter ofLong() {
        return new NumberWriters.OfInteger(Plain.BIGINT, false);
    }

    /// Whether some value of the column may not fit, so that a statement which cannot be repeated must keep such values aside.
    ///
    /// @param type what the column has in DuckDB
    /// @param types what columns can hold there
    public static boolean mayBeUnfit(Column column, DuckType type, ColumnTypes types) {
        boolean isTime = type == Plain.DATE || type == Plain.TIME;
        return !PgJson.hasShape(column.type()) && (mayBeUnfit(type) || isTime && types.areFinite());
    }

    private static boolean mayBeUnfit(DuckType type) {
        return switch (type) {
            case Plain.TIMESTAMP, Plain.TIMESTAMPTZ, Plain.JSON, Plain.INTERVAL -> true;
            case Plain _, DuckType.Foreign _ -> false;
            case DuckType.Decimal _, DuckType.ListOf _ -> true;
        };
    }

    private static ColumnWriter ofTimestamp(Column column, Plain type, Unfit unfit) {
        boolean byText = !DirectCheck.isDirect() && !isOf(column, Oid.DATE);
        return byText ? new CastWriter(column, type, unfit) : new TimeWriters.OfTimestamp(column, type, unfit);
    }

    private static ColumnWriter ofDouble(Column column, Plain type) {
        boolean isFloat = isOf(column, Oid.FLOAT4) || isOf(column, Oid.FLOAT8);
        return isFloat ? new NumberWriters.OfDouble(type, isOf(column, Oid.FLOAT4)) : new NumberWriters.OfWholeDouble();
    }

    private static boolean isOid(Column column) {
        return isOf(column, Oid.OID) || isOf(column, Oid.XID) || isOf(column, Oid.CID);
    }

    private static boolean isOf(Column column, int oid) {
        return column.type().underneath() instanceof SourceType.Scalar scalar && scalar.oid() == oid;
    }
}
