package dev.millrace.source.catalog;

import dev.millrace.core.fault.Nearest;
import dev.millrace.core.shape.TableName;
import java.util.Collection;
import java.util.List;

/// Finds the table that was probably meant by one that is not there.
public final class NearestTable {

    private NearestTable() {}

    /// The sentence that a message ends with: by the table's name within its schema, or by the schema's for a table that is in another; empty, or
    /// beginning with a space.
    public static String hint(TableName missing, Collection<TableName> tables) {
        List<String> siblings = tables.stream().filter(table -> table.schema().equals(missing.schema())).map(TableName::table).toList();
        List<String> schemas = tables.stream().filter(table -> table.table().equals(missing.table())).map(TableName::schema).toList();
        return Nearest.hint(missing.table(), siblings).concat(siblings.isEmpty() ? Nearest.hint(missing.schema(), schemas) : "");
    }
}
