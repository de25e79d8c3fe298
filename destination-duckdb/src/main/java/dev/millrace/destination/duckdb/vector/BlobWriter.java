package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.value.MalformedValue;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;

/// Writes `bytea` as hexadecimal digits for `unhex`, since a table function cannot return a BLOB.
final class BlobWriter extends ColumnWriter {

    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int PREFIX = 2;

    private byte[] digits = new byte[256];

    @Override
    DuckType vectorType() {
        return Plain.VARCHAR;
    }

    @Override
    public String cast(String vector) {
        return "unhex(" + vector + ")";
    }

    @Override
    void write(FieldBlock fields, int rows, VectorTarget target) {
        for (int row = 0; row < rows; row++) {
            if (!fields.isValue(row)) {
                target.setNull(row);
            } else if (fields.isText(row)) {
                // The text is \x and the digits (bytea_output = hex).
                checkDigits(fields, row);
                target.setUtf8(row, fields.bytes[row], fields.offsets[row] + PREFIX, fields.lengths[row] - PREFIX);
            } else {
                writeDigits(fields, row, target);
            }
        }
    }

    private static void checkDigits(FieldBlock fields, int row) {
        boolean isWhole = fields.lengths[row] >= PREFIX && fields.lengths[row] % 2 == 0;
        for (int i = PREFIX; isWhole && i < fields.lengths[row]; i++) {
            isWhole = Character.digit(fields.bytes[row][fields.offsets[row] + i], 16) >= 0;
        }
        if (!isWhole) {
            throw new MalformedValue("Invalid bytea: %d characters (must be hexadecimal digits)".formatted(fields.lengths[row]));
        }
    }

    private void writeDigits(FieldBlock fields, int row, VectorTarget target) {
        int length = fields.lengths[row];
        if (digits.length < 2 * length) {
            digits = new byte[2 * length];
        }
        byte[] bytes = fields.bytes[row];
        int offset = fields.offsets[row];
        for (int i = 0; i < length; i++) {
            digits[2 * i] = DIGITS[bytes[offset + i] >> 4 & 0xF];
            digits[2 * i + 1] = DIGITS[bytes[offset + i] & 0xF];
        }
        target.setUtf8(row, digits, 0, 2 * length);
    }
}
