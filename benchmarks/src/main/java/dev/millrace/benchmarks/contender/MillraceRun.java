package dev.millrace.benchmarks.contender;

import dev.millrace.benchmarks.sync.OneSync;
import dev.millrace.core.run.RunSummary;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckSettings;
import java.time.InstantSource;

/// One run of Millrace from the assignment's database into a DuckDB file in its folder, with the limits that users get.
final class MillraceRun {

    private MillraceRun() {}

    /// Runs until the destination holds everything that the log has now.
    static RunSummary upToNow(Assignment assignment) {
        return new OneSync(OneSync.endpoint(assignment.port(), assignment.database()), assignment.slot(), assignment.publication(), assignment.folder())
                .into(() -> DuckDestination.open(assignment.folder().resolve("copy.duckdb"), "bench", DuckSettings.defaults(), InstantSource.system()))
                .summary();
    }
}
