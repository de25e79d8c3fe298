package dev.millrace.cli;

import dev.millrace.core.shape.TableName;

/// Reads `schema.table` as a person types it; the first dot parts the two, since schemas with a dot in their names are rarer than
/// tables with one.
final class TableArgument {

    private TableArgument() {}

    /// The name.
    ///
    /// @throws SettingsRefused if it is none
    static TableName read(String text) {
        int dot = text.indexOf('.');
        if (dot < 1 || dot == text.length() - 1) {
            throw SettingsRefused.onCommandLine("`%s` is no table's name; write `schema.table`.".formatted(text));
        }
        return new TableName(text.substring(0, dot), text.substring(dot + 1));
    }
}
