package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.nio.charset.StandardCharsets;

/// Writes `json` and `jsonb` as their text. DuckDB checks the syntax and keeps the text as it is.
///
/// One thing that `json` accepts and DuckDB does not is an escape of half a surrogate pair; such a value is unfit.
final class JsonWriter extends ColumnWriter {

    private final Column column;
    private final Unfit unfit;
    private final boolean isJsonb;

    JsonWriter(Column column, Unfit unfit) {
        this.column = column;
        this.unfit = unfit;
        this.isJsonb = column.type().underneath() instanceof SourceType.Scalar scalar && scalar.oid() == Oid.JSONB;
    }

    @Override
    DuckType vectorType() {
        return Plain.VARCHAR;
    }

    @Override
    public String cast(String vector) {
        return "CAST(%s AS JSON)".formatted(vector);
    }

    @Override
    void write(FieldBlock fields, int rows, VectorTarget target) {
        for (int row = 0; row < rows; row++) {
            if (!fields.isValue(row)) {
                target.setNull(row);
            } else if (isJsonb) {
                // In binary a version byte stands before the text.
                int skip = fields.isText(row) ? 0 : 1;
                target.setUtf8(row, fields.bytes[row], fields.offsets[row] + skip, fields.lengths[row] - skip);
            } else if (hasLoneSurrogate(fields.bytes[row], fields.offsets[row], fields.lengths[row])) {
                unfit.report(column, fields, row);
                target.setNull(row);
            } else {
                TextWriter.checked(column, fields, row, target);
            }
        }
    }

    private static boolean hasLoneSurrogate(byte[] bytes, int offset, int length) {
        int end = offset + length;
        boolean afterHigh = false;
        for (int at = offset; at < end; at++) {
            if (bytes[at] != '\\') {
                if (afterHigh) {
                    return true;
                }
                continue;
            }
            int unit = at + 5 < end && bytes[at + 1] == 'u' ? hex(bytes, at + 2) : 0;
            boolean isLow = unit >= 0xDC00 && unit <= 0xDFFF;
            if (isLow != afterHigh) {
                return true;
            }
            afterHigh = unit >= 0xD800 && unit <= 0xDBFF;
            at += unit != 0 ? 5 : 1;
        }
        return afterHigh;
    }

    private static int hex(byte[] bytes, int offset) {
        return Integer.parseInt(new String(bytes, offset, 4, StandardCharsets.US_ASCII), 16);
    }
}
