package dev.millrace.benchmarks.contender;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.Limits;
import dev.millrace.core.run.ModeChoice;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.source.Selection;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import java.time.InstantSource;
import java.util.Map;

/// One run of Millrace from the assignment's database into a DuckDB file in its folder, with the limits that users get.
final class MillraceRun {

    private MillraceRun() {}

    /// Runs until the destination holds everything that the log has now.
    static RunSummary upToNow(Assignment assignment) {
        Limits limits = Limits.defaults();
        PostgresEndpoint endpoint = new PostgresEndpoint(
                Assignment.HOST, assignment.port(), assignment.database(), Assignment.USER, Secret.of(""), Map.of());
        try (DuckDestination destination = DuckDestination.open(
                        assignment.folder().resolve("copy.duckdb"), "bench", DuckSettings.defaults(), InstantSource.system());
                PostgresSource source = new PostgresSource(endpoint, settings(assignment, destination.salt(), limits))) {
            return new SyncRun(source, destination, ModeChoice.always(SyncMode.SOFT_DELETE), limits, _ -> {}).run(Goal.UP_TO_NOW);
        }
    }

    private static PostgresSourceSettings settings(Assignment assignment, Salt salt, Limits limits) {
        return new PostgresSourceSettings(
                new Following.Log(assignment.slot(), assignment.publication()), Selection.everything(), salt, assignment.folder().resolve("spool"), limits);
    }
}
