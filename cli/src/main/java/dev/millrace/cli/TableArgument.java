package dev.millrace.cli;

import dev.millrace.core.shape.TableName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads `schema.table` as a person types it; the first dot parts the two, since schemas with a dot in their names are rarer than
/// tables with one.
final class TableArgument implements ITypeConverter<TableName> {

    @Override
    public TableName convert(String text) {
        int dot = text.indexOf('.');
        if (dot < 1 || dot == text.length() - 1) {
            throw new TypeConversionException("a table is named `schema.table`");
        }
        return new TableName(text.substring(0, dot), text.substring(dot + 1));
    }
}
