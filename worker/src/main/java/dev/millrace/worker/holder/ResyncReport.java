package dev.millrace.worker.holder;

import java.util.List;

/// What became of asking for new copies.
///
/// @param requested tables that are or will be copied again
/// @param unknown names that are not among the tables of the copy
/// @param running whether a run goes on, and so has begun already
public record ResyncReport(List<String> requested, List<String> unknown, boolean running) {

    /// Keeps its own copies of the lists.
    public ResyncReport {
        requested = List.copyOf(requested);
        unknown = List.copyOf(unknown);
    }
}
