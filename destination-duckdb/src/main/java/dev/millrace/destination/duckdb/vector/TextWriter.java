package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgText;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.nio.charset.StandardCharsets;

/// Writes a value as PostgreSQL's text: text itself, and every type that DuckDB cannot hold, or can hold no longer.
class TextWriter extends ColumnWriter {

    private final Column column;
    private final boolean isTextInBinary;
    private final boolean isTextInText;

    TextWriter(Column column) {
        this.column = column;
        this.isTextInText = !PgText.isReprinted(column.type());
        this.isTextInBinary = switch (column.type().underneath()) {
            case SourceType.Scalar scalar -> switch (scalar.oid()) {
                case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME, Oid.JSON, Oid.XML -> true;
                default -> ExtensionType.of(scalar).filter(ExtensionType.CITEXT::equals).isPresent();
            };
            case SourceType.Enumeration _, SourceType.Hashed _ -> true;
            case SourceType.Domain _, SourceType.ArrayOf _, SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ ->
                false;
        };
    }

    @Override
    DuckType vectorType() {
        return Plain.VARCHAR;
    }

    @Override
    void write(FieldBlock fields, int rows, VectorTarget target) {
        for (int row = 0; row < rows; row++) {
            if (!fields.isValue(row)) {
                target.setNull(row);
            } else if (isTextInBinary || isTextInText && fields.isText(row)) {
                checked(fields, row, target);
            } else {
                put(text(fields, row), row, target);
            }
        }
    }

    private String text(FieldBlock fields, int row) {
        return PgText.of(column.type(), fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row]);
    }

    static void put(String text, int row, VectorTarget target) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        target.setUtf8(row, bytes, 0, bytes.length);
    }

    static void checked(FieldBlock fields, int row, VectorTarget target) {
        byte[] bytes = fields.bytes[row];
        int offset = fields.offsets[row];
        int length = fields.lengths[row];
        if (!Utf8.isValid(bytes, offset, length)) {
            throw new NotUtf8();
        }
        target.setUtf8(row, bytes, offset, length);
    }
}
