package dev.millrace.source.wal;

import dev.millrace.core.run.Limits;
import java.nio.file.Path;
import java.util.List;

/// What a [LogReader] has to know besides the database.
///
/// @param slot the replication slot's name
/// @param publications the publications' names, one or more
/// @param limits of which batches, backlog, peeks and the status interval matter here
/// @param spoolDirectory where changes go that do not fit in memory; made if it is not there
public record LogSettings(String slot, List<String> publications, Limits limits, Path spoolDirectory) {

    /// Refuses an empty list and keeps its own copy.
    public LogSettings {
        publications = List.copyOf(publications);
        if (publications.isEmpty()) {
            throw new IllegalArgumentException("Invalid publications: none (must be one or more)");
        }
    }

    /// What faults that are not of our own finding are about.
    String subject() {
        return "replication slot " + slot;
    }
}
