package dev.millrace.core.naming;

import dev.millrace.core.shape.TableName;
import java.util.Optional;

/// A table or a column of the source that is not called at the destination as the rules have it, since that name was not free.
///
/// @param table at the source
/// @param column at the source; empty if it is the table itself
/// @param name what it is called at the destination; a table with its schema
public record Displaced(TableName table, Optional<String> column, String name) {

    /// What a person should know of it.
    public String warning() {
        String what = column.map("Its column %s"::formatted).orElse("It");
        return "%s is called %s in the copy, since the name that it would have belongs to another one there.".formatted(what, name);
    }
}
