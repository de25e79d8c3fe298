package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.core.value.Surrogates;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;

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
                if (fields.lengths[row] < skip
                        || !Utf8.isValid(fields.bytes[row], fields.offsets[row] + skip, fields.lengths[row] - skip)) {
                    throw new MalformedValue("Invalid jsonb: %d bytes (must be a version and UTF-8)".formatted(fields.lengths[row]));
                }
                target.setUtf8(row, fields.bytes[row], fields.offsets[row] + skip, fields.lengths[row] - skip);
            } else if (Surrogates.hasLoneEscape(fields.bytes[row], fields.offsets[row], fields.lengths[row])) {
                unfit.report(column, fields, row);
                target.setNull(row);
            } else {
                TextWriter.checked(fields, row, target);
            }
        }
    }
}
