package dev.millrace.worker.run;

import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.run.SyncRun;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.verify.DuckSide;
import dev.millrace.source.PostgresSource;
import dev.millrace.worker.verify.Verdict;
import dev.millrace.worker.verify.Verifier;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A source, a destination and a run between them, opened for a test.
final class TestSync implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestConnection connection;
    private final PostgresSource source;
    private final DuckDestination destination;
    private final RunListener listener;

    TestSync(TestConnection connection, PostgresSource source, DuckDestination destination, RunListener listener) {
        this.connection = connection;
        this.source = source;
        this.destination = destination;
        this.listener = listener;
    }

    DuckDestination destination() {
        return destination;
    }

    PostgresSource source() {
        return source;
    }

    SyncRun run() {
        return new SyncRun(source, destination, connection::mode, TestConnection.limits(), listener);
    }

    RunSummary upToNow() {
        return run().run(Goal.UP_TO_NOW);
    }

    /// Compares every table at one moment, while a run of its own goes on.
    Verdict verify() {
        SyncRun run = run();
        CompletableFuture<RunSummary> going = CompletableFuture.supplyAsync(() -> run.run(Goal.CONTINUOUS));
        try {
            return new Verifier(run, source::openSide, this::openSide, PATIENCE).verify(_ -> true, _ -> {});
        } finally {
            run.stop();
            going.handle((_, failure) -> {
                        if (failure != null) {
                            throw new CompletionException(failure);
                        }
                        return true;
                    })
                    .join();
        }
    }

    private DuckSide openSide() {
        return new DuckSide(
                destination.openSession(), table -> new TableName("t_" + table.schema(), table.table()), DuckSettings.defaults());
    }

    @Override
    public void close() {
        source.close();
        destination.close();
    }

    @Override
    public String toString() {
        return connection.database();
    }
}
