package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.value.PgInterval;
import dev.millrace.core.value.PgText;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import org.jspecify.annotations.Nullable;

/// Writes types that a table function cannot return as a text that DuckDB casts: `uuid`, `time`, `timetz`, `interval`. Also timestamps
/// where vectors are written by the driver's setters, which know no infinities.
final class CastWriter extends ColumnWriter {

    private final Column column;
    private final Plain type;
    private final Unfit unfit;
    private final DuckText duckText;

    CastWriter(Column column, Plain type, Unfit unfit) {
        this.column = column;
        this.type = type;
        this.unfit = unfit;
        this.duckText = new DuckText(type, unfit.isFinite());
    }

    @Override
    DuckType vectorType() {
        return Plain.VARCHAR;
    }

    @Override
    public String cast(String vector) {
        return "CAST(%s AS %s)".formatted(vector, type.sql());
    }

    @Override
    void write(FieldBlock fields, int rows, VectorTarget target) {
        for (int row = 0; row < rows; row++) {
            if (!fields.isValue(row)) {
                target.setNull(row);
                continue;
            }
            String text = type == Plain.INTERVAL ? interval(fields, row) : plain(fields, row);
            if (text == null) {
                unfit.report(column, fields, row);
                target.setNull(row);
            } else {
                TextWriter.put(text, row, target);
            }
        }
    }

    private @Nullable String plain(FieldBlock fields, int row) {
        return duckText.toDuck(
                PgText.of(column.type(), fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row]));
    }

    private static @Nullable String interval(FieldBlock fields, int row) {
        if (!fields.isText(row)) {
            FieldBlock.expectLength(fields, row, 16);
        }
        PgInterval interval = fields.kinds[row] == Tuple.TEXT
                ? PgInterval.parse(fields.bytes[row], fields.offsets[row], fields.lengths[row])
                : PgInterval.read(fields.bytes[row], fields.offsets[row]);
        return DuckText.interval(interval);
    }
}
