package dev.millrace.worker.run;

import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Source;
import dev.millrace.source.PostgresSource;
import dev.millrace.worker.verify.Verdict;
import dev.millrace.worker.verify.Verifier;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/// A source, a destination and a run between them, opened for a test.
final class TestSync implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestConnection connection;
    private final PostgresSource source;
    private final ReadableDestination destination;
    private final RunListener listener;

    TestSync(TestConnection connection, PostgresSource source, ReadableDestination destination, RunListener listener) {
        this.connection = connection;
        this.source = source;
        this.destination = destination;
        this.listener = listener;
    }

    ReadableDestination destination() {
        return destination;
    }

    /// A session of the copy's database, to be closed by the caller.
    Connection session() throws SQLException {
        return connection.store().session(connection, destination);
    }

    PostgresSource source() {
        return source;
    }

    SyncRun run() {
        return run(source);
    }

    /// A run that never hears of anything in the log.
    SyncRun runWithoutLog() {
        return run(delegate(Source.class, source, "openFeed", feed -> delegate(ChangeFeed.class, feed, "next", _ -> Optional.empty())));
    }

    /// A run that hears of each row of a copy before it is read, on the thread that copies.
    SyncRun runHearing(IntConsumer row) {
        AtomicInteger count = new AtomicInteger();
        return run(delegate(Source.class, source, "openCopySession", session -> delegate(CopySession.class, session, "read", rows -> {
            CopyRows read = (CopyRows) rows;
            return (CopyRows) () -> {
                row.accept(count.getAndIncrement());
                return read.next();
            };
        })));
    }

    private SyncRun run(Source from) {
        return new SyncRun(from, destination, connection::mode, TestConnection.limits(), listener);
    }

    /// The same but for what one method gives.
    private static <T> T delegate(Class<T> type, Object to, String name, UnaryOperator<Object> instead) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
            try {
                Object result = method.invoke(to, arguments);
                return method.getName().equals(name) ? instead.apply(result) : result;
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        }));
    }

    RunSummary upToNow() {
        return run().run(Goal.UP_TO_NOW);
    }

    /// Compares every table at one moment, while a run of its own goes on.
    Verdict verify() {
        SyncRun run = run();
        CompletableFuture<RunSummary> going = CompletableFuture.supplyAsync(() -> run.run(Goal.CONTINUOUS));
        try {
            return new Verifier(run, source::openSide, destination::side, PATIENCE).verify(_ -> true, _ -> {});
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
