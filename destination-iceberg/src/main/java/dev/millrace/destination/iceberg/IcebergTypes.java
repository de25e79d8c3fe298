package dev.millrace.destination.iceberg;

import dev.millrace.core.shape.SourceType;
import dev.millrace.destination.duckdb.type.ColumnTypes;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import dev.millrace.destination.duckdb.type.DuckTypes;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/// Which types the columns of Iceberg's tables have.
///
/// What Iceberg has no type for is text: intervals, times with a zone, JSON. Its dates and times know no infinities.
final class IcebergTypes implements ColumnTypes {

    @Override
    public DuckType of(SourceType type) {
        return held(DuckTypes.of(type));
    }

    @Override
    public boolean areFinite() {
        return true;
    }

    private static DuckType held(DuckType type) {
        return switch (type) {
            case Plain.SMALLINT -> Plain.INTEGER;
            case Plain.UINTEGER -> Plain.BIGINT;
            case Plain.INTERVAL, Plain.TIMETZ -> Plain.VARCHAR;
            case DuckType.ListOf(DuckType element) -> new DuckType.ListOf(held(element));
            case Plain _, DuckType.Decimal _, DuckType.Foreign _ -> type;
        };
    }

    /// The type in Iceberg's files of a column on the workbench: JSON is text there.
    static DuckType stored(DuckType type) {
        return switch (type) {
            case Plain.JSON -> Plain.VARCHAR;
            case DuckType.ListOf(DuckType element) -> new DuckType.ListOf(stored(element));
            case Plain _, DuckType.Decimal _, DuckType.Foreign _ -> held(type);
        };
    }

    /// Iceberg's name of a type.
    ///
    /// @param element the number of a list's elements
    static Type iceberg(DuckType type, int element) {
        return switch (type) {
            case Plain.BOOLEAN -> Types.BooleanType.get();
            case Plain.SMALLINT, Plain.INTEGER -> Types.IntegerType.get();
            case Plain.BIGINT, Plain.UINTEGER -> Types.LongType.get();
            case Plain.FLOAT -> Types.FloatType.get();
            case Plain.DOUBLE -> Types.DoubleType.get();
            case Plain.VARCHAR, Plain.JSON, Plain.INTERVAL, Plain.TIMETZ -> Types.StringType.get();
            case Plain.BLOB -> Types.BinaryType.get();
            case Plain.UUID -> Types.UUIDType.get();
            case Plain.DATE -> Types.DateType.get();
            case Plain.TIME -> Types.TimeType.get();
            case Plain.TIMESTAMP -> Types.TimestampType.withoutZone();
            case Plain.TIMESTAMPTZ -> Types.TimestampType.withZone();
            case DuckType.Decimal(int width, int scale) -> Types.DecimalType.of(width, scale);
            case DuckType.ListOf(DuckType of) -> Types.ListType.ofOptional(element, iceberg(of, element));
            case DuckType.Foreign foreign -> throw new IllegalStateException("Invalid type: %s (must be one that we make)".formatted(foreign.sql()));
        };
    }

    /// The type of a column of Iceberg's in DuckDB.
    static DuckType duck(Type type) {
        return switch (type) {
            case Types.DecimalType decimal -> new DuckType.Decimal(decimal.precision(), decimal.scale());
            case Types.ListType list -> new DuckType.ListOf(duck(list.elementType()));
            case Types.TimestampType time -> time.shouldAdjustToUTC() ? Plain.TIMESTAMPTZ : Plain.TIMESTAMP;
            default -> switch (type.typeId()) {
                case BOOLEAN -> Plain.BOOLEAN;
                case INTEGER -> Plain.INTEGER;
                case LONG -> Plain.BIGINT;
                case FLOAT -> Plain.FLOAT;
                case DOUBLE -> Plain.DOUBLE;
                case STRING -> Plain.VARCHAR;
                case BINARY -> Plain.BLOB;
                case UUID -> Plain.UUID;
                case DATE -> Plain.DATE;
                case TIME -> Plain.TIME;
                default -> throw new IllegalStateException("Invalid type: %s (must be one that we make)".formatted(type));
            };
        };
    }

    /// Whether files with a column of one type can be read as if it were of another, so that none has to be written anew.
    static boolean isPromotion(DuckType from, DuckType to) {
        DuckType one = stored(from);
        DuckType other = stored(to);
        if (one.equals(other)) {
            return true;
        }
        if (one instanceof DuckType.Decimal(int width, int scale) && other instanceof DuckType.Decimal(int wider, int same)) {
            return scale == same && wider >= width;
        }
        return one == Plain.INTEGER && other == Plain.BIGINT || one == Plain.FLOAT && other == Plain.DOUBLE;
    }
}
