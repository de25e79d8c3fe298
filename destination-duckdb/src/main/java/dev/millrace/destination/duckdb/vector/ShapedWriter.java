package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.value.PgJson;
import dev.millrace.core.value.PgNode;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;

/// Writes rows, ranges, geometric values, `hstore` and arrays of these as JSON; every value of theirs fits.
final class ShapedWriter extends ColumnWriter {

    private final Column column;

    ShapedWriter(Column column) {
        this.column = column;
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
            if (fields.isValue(row)) {
                PgNode value = PgNode.read(
                        column.type(), fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row]);
                TextWriter.put(PgJson.of(value), row, target);
            } else {
                target.setNull(row);
            }
        }
    }
}
