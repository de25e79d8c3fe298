package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgArray;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes an array's text as JSON that DuckDB casts to a list.
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
        this.element = new DuckText(type.element());
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
        if (!fields.isText(row)) {
            throw new IllegalStateException("Invalid form of an array in column %s: binary (must be text)".formatted(column.name()));
        }
        String text = new String(fields.bytes[row], fields.offsets[row], fields.lengths[row], StandardCharsets.UTF_8);
        char delimiter = column.type().underneath() instanceof SourceType.ArrayOf array ? PgArray.delimiter(array) : ',';
        List<Optional<String>> elements = PgArray.parse(text, delimiter).orElse(null);
        if (elements == null) {
            return null;
        }
        StringBuilder out = new StringBuilder("[");
        for (Optional<String> value : elements) {
            out.append(out.length() > 1 ? "," : "");
            if (value.isEmpty()) {
                out.append("null");
            } else if (element.toDuck(value.get()) instanceof String duck) {
                Json.quote(duck, out);
            } else {
                return null;
            }
        }
        return out.append(']').toString();
    }
}
