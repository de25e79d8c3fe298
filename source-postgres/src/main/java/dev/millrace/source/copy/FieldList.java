package dev.millrace.source.copy;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.shape.WireForm;
import dev.millrace.postgres.sql.PrintedValue;
import java.util.stream.Collectors;

/// How the columns of a shape are selected where rows are read by a binary COPY.
public final class FieldList {

    private FieldList() {}

    /// The items of the `SELECT`, one for each column: as it is, or as its output function prints it ([WireForm]).
    public static String of(Shape shape) {
        return shape.columns().stream().map(FieldList::field).collect(Collectors.joining(", "));
    }

    private static String field(Column column) {
        String name = TableName.quote(column.name());
        return switch (WireForm.of(column.type())) {
            case BINARY -> name;
            case TEXT -> PrintedValue.of(name);
        };
    }
}
