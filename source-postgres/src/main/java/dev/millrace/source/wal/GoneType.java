package dev.millrace.source.wal;

import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;

/// Types that the log speaks of and the catalogue does not know any more.
final class GoneType {

    private GoneType() {}

    /// The built-in type of that number; for any other number `text`, in whose form every value can be read.
    static SourceType of(int oid, int modifier) {
        return switch (oid) {
            case Oid.BOOL -> scalar(oid, "bool", modifier);
            case Oid.BYTEA -> scalar(oid, "bytea", modifier);
            case Oid.INT2 -> scalar(oid, "int2", modifier);
            case Oid.INT4 -> scalar(oid, "int4", modifier);
            case Oid.INT8 -> scalar(oid, "int8", modifier);
            case Oid.FLOAT4 -> scalar(oid, "float4", modifier);
            case Oid.FLOAT8 -> scalar(oid, "float8", modifier);
            case Oid.NUMERIC -> scalar(oid, "numeric", modifier);
            case Oid.TEXT -> scalar(oid, "text", modifier);
            case Oid.VARCHAR -> scalar(oid, "varchar", modifier);
            case Oid.BPCHAR -> scalar(oid, "bpchar", modifier);
            case Oid.DATE -> scalar(oid, "date", modifier);
            case Oid.TIME -> scalar(oid, "time", modifier);
            case Oid.TIMETZ -> scalar(oid, "timetz", modifier);
            case Oid.TIMESTAMP -> scalar(oid, "timestamp", modifier);
            case Oid.TIMESTAMPTZ -> scalar(oid, "timestamptz", modifier);
            case Oid.INTERVAL -> scalar(oid, "interval", modifier);
            case Oid.UUID -> scalar(oid, "uuid", modifier);
            case Oid.JSON -> scalar(oid, "json", modifier);
            case Oid.JSONB -> scalar(oid, "jsonb", modifier);
            default -> new SourceType.Scalar(0, "text", -1, true);
        };
    }

    private static SourceType scalar(int oid, String name, int modifier) {
        return new SourceType.Scalar(oid, name, modifier, true);
    }
}
