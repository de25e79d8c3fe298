package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.nio.charset.StandardCharsets;

/// Writers of booleans, whole numbers and floating-point numbers.
final class NumberWriters {

    private NumberWriters() {}

    /// A whole number, of any of PostgreSQL's widths, in its decimal text or in binary.
    static long integer(FieldBlock fields, int row, boolean unsigned) {
        byte[] bytes = fields.bytes[row];
        int offset = fields.offsets[row];
        int length = fields.lengths[row];
        if (fields.isText(row)) {
            return parse(bytes, offset, length);
        }
        return switch (length) {
            case 2 -> Tuple.int16(bytes, offset);
            case 4 -> unsigned ? Integer.toUnsignedLong(Tuple.int32(bytes, offset)) : Tuple.int32(bytes, offset);
            case 8 -> Tuple.int64(bytes, offset);
            default -> throw new MalformedValue("Invalid whole number: %d bytes (must be 2, 4 or 8)".formatted(length));
        };
    }

    private static long parse(byte[] bytes, int offset, int length) {
        boolean negative = bytes[offset] == '-';
        if (length == 0 || length > 20) {
            throw new MalformedValue("Invalid whole number: %d characters (must be 1 to 20)".formatted(length));
        }
        long value = 0;
        for (int at = negative ? offset + 1 : offset; at < offset + length; at++) {
            if (bytes[at] < '0' || bytes[at] > '9') {
                throw new MalformedValue("Invalid whole number: %d characters (must be digits)".formatted(length));
            }
            value = value * 10 - (bytes[at] - '0');
        }
        return negative ? value : -value;
    }

    private static String ascii(FieldBlock fields, int row) {
        return new String(fields.bytes[row], fields.offsets[row], fields.lengths[row], StandardCharsets.US_ASCII);
    }

    /// `bool`.
    static final class OfBoolean extends ColumnWriter {
        @Override
        DuckType vectorType() {
            return Plain.BOOLEAN;
        }

        @Override
        void write(FieldBlock fields, int rows, VectorTarget target) {
            for (int row = 0; row < rows; row++) {
                if (fields.isValue(row)) {
                    FieldBlock.expectLength(fields, row, 1);
                    byte value = fields.bytes[row][fields.offsets[row]];
                    target.setBoolean(row, value == 1 || value == 't');
                } else {
                    target.setNull(row);
                }
            }
        }
    }

    /// `int2`, `int4`, `int8` and `oid`.
    static final class OfInteger extends ColumnWriter {
        private final Plain type;
        private final boolean unsigned;

        OfInteger(Plain type, boolean unsigned) {
            this.type = type;
            this.unsigned = unsigned;
        }

        @Override
        DuckType vectorType() {
            return type;
        }

        @Override
        void write(FieldBlock fields, int rows, VectorTarget target) {
            for (int row = 0; row < rows; row++) {
                if (fields.isValue(row)) {
                    set(target, row, integer(fields, row, unsigned));
                } else {
                    target.setNull(row);
                }
            }
        }

        private void set(VectorTarget target, int row, long value) {
            if (type == Plain.INTEGER) {
                target.setInt(row, Math.toIntExact(value));
            } else if (type == Plain.BIGINT) {
                target.setLong(row, value);
            } else if (type == Plain.SMALLINT) {
                target.setShort(row, (short) value);
            } else {
                target.setUnsignedInt(row, (int) value);
            }
        }
    }

    /// `float4` and `float8`.
    static final class OfDouble extends ColumnWriter {
        private final Plain type;
        private final boolean isSingle;

        /// @param isSingle whether the source has it in single precision, in which its text has to be read
        OfDouble(Plain type, boolean isSingle) {
            this.type = type;
            this.isSingle = isSingle;
        }

        @Override
        DuckType vectorType() {
            return type;
        }

        @Override
        void write(FieldBlock fields, int rows, VectorTarget target) {
            for (int row = 0; row < rows; row++) {
                if (!fields.isValue(row)) {
                    target.setNull(row);
                } else if (type == Plain.FLOAT) {
                    target.setFloat(row, single(fields, row));
                } else if (isSingle) {
                    target.setDouble(row, single(fields, row));
                } else {
                    target.setDouble(row, wide(fields, row));
                }
            }
        }

        private static float single(FieldBlock fields, int row) {
            if (!fields.isText(row)) {
                FieldBlock.expectLength(fields, row, 4);
            }
            return fields.isText(row)
                    ? Float.parseFloat(ascii(fields, row))
                    : Float.intBitsToFloat(Tuple.int32(fields.bytes[row], fields.offsets[row]));
        }

        private static double wide(FieldBlock fields, int row) {
            if (fields.isText(row)) {
                return Double.parseDouble(ascii(fields, row));
            }
            if (fields.lengths[row] != 4) {
                FieldBlock.expectLength(fields, row, 8);
            }
            return fields.lengths[row] == 4
                    ? Float.intBitsToFloat(Tuple.int32(fields.bytes[row], fields.offsets[row]))
                    : Double.longBitsToDouble(Tuple.int64(fields.bytes[row], fields.offsets[row]));
        }
    }

    /// `int2` and `int4` in a column that was `double` before.
    static final class OfWholeDouble extends ColumnWriter {
        @Override
        DuckType vectorType() {
            return Plain.DOUBLE;
        }

        @Override
        void write(FieldBlock fields, int rows, VectorTarget target) {
            for (int row = 0; row < rows; row++) {
                if (fields.isValue(row)) {
                    target.setDouble(row, integer(fields, row, false));
                } else {
                    target.setNull(row);
                }
            }
        }
    }
}
