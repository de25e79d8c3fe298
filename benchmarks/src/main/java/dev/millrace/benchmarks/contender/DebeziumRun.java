package dev.millrace.benchmarks.contender;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.IOException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.connect.source.SourceRecord;

/// One run of Debezium's engine that ends when enough events have come. The events stay Kafka Connect's records: nothing is serialised.
final class DebeziumRun implements DebeziumEngine.ChangeConsumer<ChangeEvent<SourceRecord, SourceRecord>> {

    private final long expected;
    private final Stopwatch watch;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long events;

    private DebeziumRun(long expected, Stopwatch watch) {
        this.expected = expected;
        this.watch = watch;
    }

    /// Runs the engine until `assignment.rows()` events have been taken, stops the watch and then the engine.
    static void run(Properties settings, Assignment assignment, Stopwatch watch) throws Exception {
        DebeziumRun run = new DebeziumRun(assignment.rows(), watch);
        try (ExecutorService executor = Executors.newSingleThreadExecutor();
                DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine = run.engine(settings)) {
            executor.execute(engine);
            run.await();
        }
    }

    private DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine(Properties settings) {
        return DebeziumEngine.create(Connect.class).using(settings).notifying(this).using(this::ended).build();
    }

    private void ended(boolean success, String message, Throwable error) {
        // A snapshot's engine ends by itself, and that counts only if all rows have come by then.
        done.completeExceptionally(new IOException("Debezium has ended after %d events: %s".formatted(events, message), error));
    }

    private void await() throws Exception {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IOException("Debezium did not get to the end", e.getCause());
        }
    }

    @Override
    public void handleBatch(List<ChangeEvent<SourceRecord, SourceRecord>> records,
            DebeziumEngine.RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer) throws InterruptedException {
        events += records.size();
        if (events >= expected && !done.isDone()) {
            watch.stop(events);
            done.complete(null);
        }
        // The last one's offset stands for all before it.
        committer.markProcessed(records.getLast());
        committer.markBatchFinished();
    }
}
