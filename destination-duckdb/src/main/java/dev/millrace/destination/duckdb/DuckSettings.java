package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.GivenNames;
import dev.millrace.core.naming.Naming;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// How a DuckDB file is opened. DuckDB's own defaults are never leaned on where they depend on the machine.
///
/// @param memoryBytes what DuckDB may use; beyond it, it goes to temporary files
/// @param threads how many threads work on a statement, the caller's among them
/// @param checkpointBytes the size of DuckDB's own log at which it is worked into the file
/// @param temporaryDirectory where DuckDB's temporary files go; beside the file if empty
/// @param systemColumnPrefix stands before the names of our own columns, `_millrace_` unless a user wants another
/// @param naming the rules by which tables and columns get their names
public record DuckSettings(
        long memoryBytes,
        int threads,
        long checkpointBytes,
        Optional<Path> temporaryDirectory,
        String systemColumnPrefix,
        Naming naming) {

    /// Refuses what DuckDB would.
    public DuckSettings {
        if (memoryBytes < 64 << 20 || threads < 1 || checkpointBytes < 1 << 20) {
            throw new IllegalArgumentException(
                    "Invalid settings: %d bytes of memory, %d threads, checkpoint at %d bytes (must be at least 64 MB, 1, 1 MB)"
                            .formatted(memoryBytes, threads, checkpointBytes));
        }
    }

    /// The same with other names for our own columns.
    public DuckSettings withSystemColumnPrefix(String prefix) {
        return new DuckSettings(memoryBytes, threads, checkpointBytes, temporaryDirectory, prefix, naming);
    }

    /// The same with other rules for names.
    public DuckSettings withNaming(Naming other) {
        return new DuckSettings(memoryBytes, threads, checkpointBytes, temporaryDirectory, systemColumnPrefix, other);
    }

    /// What is not called as the rules have it, of what a file remembers.
    ///
    /// @param schemaPrefix names the connection
    public List<Displaced> displaced(String schemaPrefix, Memory memory) {
        return DuckNames.displaced(naming, schemaPrefix, new SystemColumns(systemColumnPrefix), memory);
    }

    /// What gives a connection's tables and columns their names.
    ///
    /// @param schemaPrefix names the connection
    public GivenNames names(String schemaPrefix) {
        return DuckNames.rules(naming, schemaPrefix, new SystemColumns(systemColumnPrefix));
    }

    /// The SQL condition on the rows of a table that the source has.
    public String isLive(SyncMode mode) {
        return new SystemColumns(systemColumnPrefix).isLive(mode);
    }

    /// The mode that a table with these columns is kept in.
    public SyncMode modeOf(Collection<String> columns) {
        return new SystemColumns(systemColumnPrefix).modeOf(columns);
    }

    /// What suits this machine: one processor is left to the reading of the source, which goes on meanwhile.
    public static DuckSettings defaults() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        return new DuckSettings(1L << 30, threads, 512L << 20, Optional.empty(), "_millrace_", Naming.SOURCE_NAMING);
    }
}
