package dev.millrace.worker.settings;

import java.nio.file.Path;

/// Where the copy is kept.
public sealed interface DestinationSettings {

    /// A DuckDB file.
    ///
    /// @param path absolute
    record Duck(Path path) implements DestinationSettings {}
}
