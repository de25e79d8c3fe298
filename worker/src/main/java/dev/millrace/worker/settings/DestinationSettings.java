package dev.millrace.worker.settings;

import java.nio.file.Path;

/// Where the copy is kept.
public sealed interface DestinationSettings {

    /// What stands for the copy on this machine, whether or not it is a file: beside it lie things that only this machine has, with its name and an ending each.
    /// Absolute.
    Path local();

    /// A DuckDB file.
    ///
    /// @param path absolute
    record Duck(Path path) implements DestinationSettings {

        @Override
        public Path local() {
            return path;
        }
    }
}
