package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.value.PgNode;
import dev.millrace.core.value.PgText;
import dev.millrace.core.value.Surrogates;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import org.jspecify.annotations.Nullable;

/// Writes an array as JSON that DuckDB casts to a list.
///
/// An array of more than one dimension, or that does not begin at 1, or with an element that the list's type cannot hold, is unfit.
final class ListWriter extends ColumnWriter {

    private final Column column;
    private final DuckType.ListOf type;
    private final Unfit unfit;
    private final DuckText element;

    ListWriter(Column column, DuckType.ListOf type, Unfit unfit) {
        this.column = column;
        this.type = type;
        this.unfit = unfit;
        this.element = new DuckText(type.element(), unfit.isFinite());
    }

    @Override
    DuckType vectorType() {
        return Plain.VARCHAR;
    }

    @Override
    public String cast(String vector) {
        String texts = "CAST(CAST(%s AS JSON) AS VARCHAR[])".formatted(vector);
        if (type.element() == Plain.BLOB) {
            return "list_transform(%s, lambda x: unhex(x[3:]))".formatted(texts);
        }
        return "CAST(%s AS %s)".formatted(texts, type.sql());
    }

    @Override
    void write(FieldBlock fields, int rows, VectorTarget target) {
        for (int row = 0; row < rows; row++) {
            if (!fields.isValue(row)) {
                target.setNull(row);
                continue;
            }
            String json = json(fields, row);
            if (json == null) {
                unfit.report(column, fields, row);
                target.setNull(row);
            } else {
                TextWriter.put(json, row, target);
            }
        }
    }

    private @Nullable String json(FieldBlock fields, int row) {
        PgNode node = PgNode.read(
                column.type(), fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row]);
        if (!(node instanceof PgNode.Elements array) || !isPlain(array)) {
            return null;
        }
        StringBuilder out = new StringBuilder("[");
        for (PgNode value : array.elements()) {
            out.append(out.length() > 1 ? "," : "");
            if (value instanceof PgNode.Null) {
                out.append("null");
            } else if (text(value) instanceof String text) {
                Json.quote(text, out);
            } else {
                return null;
            }
        }
        return out.append(']').toString();
    }

    /// Whether the array has one dimension that begins at 1.
    private static boolean isPlain(PgNode.Elements array) {
        return array.dimensions().isEmpty()
                || array.dimensions().size() == 1 && array.dimensions().getFirst().lowerBound() == 1;
    }

    private @Nullable String text(PgNode value) {
        String text = PgText.of(value);
        return type.element() == Plain.JSON && Surrogates.hasLoneEscape(text) ? null : element.toDuck(text);
    }
}
