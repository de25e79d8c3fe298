package dev.millrace.destination.postgres;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.GivenNames;
import dev.millrace.core.naming.Naming;
import java.util.List;

/// What a user chooses of how a PostgreSQL destination is written.
///
/// @param systemColumnPrefix stands before the names of our own columns, `_millrace_` unless a user wants another
/// @param naming the rules by which tables and columns get their names
public record PostgresSettings(String systemColumnPrefix, Naming naming) {

    /// What suits most.
    public static PostgresSettings defaults() {
        return new PostgresSettings("_millrace_", Naming.SOURCE_NAMING);
    }

    /// The same with other names for our own columns.
    public PostgresSettings withSystemColumnPrefix(String prefix) {
        return new PostgresSettings(prefix, naming);
    }

    /// The same with other rules for names.
    public PostgresSettings withNaming(Naming other) {
        return new PostgresSettings(systemColumnPrefix, other);
    }

    /// What gives a connection's tables and columns their names.
    ///
    /// @param schemaPrefix names the connection
    public GivenNames names(String schemaPrefix) {
        return PostgresNames.rules(naming, schemaPrefix, new SystemColumns(systemColumnPrefix));
    }

    /// What is not called as the rules have it, of what a destination remembers.
    ///
    /// @param schemaPrefix names the connection
    public List<Displaced> displaced(String schemaPrefix, Memory memory) {
        return PostgresNames.displaced(names(schemaPrefix), memory);
    }
}
