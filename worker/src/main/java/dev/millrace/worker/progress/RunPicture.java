package dev.millrace.worker.progress;

import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.shape.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What a run looks like at this moment, drawn from its events. Safe for several threads.
public final class RunPicture implements RunListener {

    /// How far the following of the log is.
    ///
    /// @param transactions since the run began
    /// @param changes since the run began
    /// @param changesPerSecond lately
    /// @param lagBytes log between the destination and the source's end; -1 before it was measured
    /// @param committedAt when the latest transaction at the destination committed at the source
    public record Following(long transactions, long changes, long changesPerSecond, long lagBytes, Optional<Instant> committedAt) {}

    private static final long RATE_NANOS = 3_000_000_000L;

    private final LongSupplier nanos;
    private final Map<TableName, Copy> copies = new LinkedHashMap<>();
    private long transactions;
    private long changes;
    private long lagBytes = -1;
    private @Nullable Instant committedAt;
    private long rateBegan;
    private long rateChanges;
    private long changesPerSecond;

    /// Nothing has happened yet.
    ///
    /// @param nanos a clock as [System#nanoTime]
    public RunPicture(LongSupplier nanos) {
        this.nanos = nanos;
        this.rateBegan = nanos.getAsLong();
    }

    @Override
    public synchronized void on(RunEvent event) {
        switch (event) {
            case RunEvent.CopyStarted started -> copies.put(started.table(), new Copy(started, nanos.getAsLong()));
            case RunEvent.CopyProgressed(TableName table, long rows, long bytes) -> withCopy(table, copy -> {
                copy.rows += rows;
                copy.bytes += bytes;
            });
            case RunEvent.RangeLoaded loaded -> withCopy(loaded.table(), copy -> copy.blocksDone += loaded.blocks());
            case RunEvent.TableCopied(TableName table) -> withCopy(table, copy -> copy.end(TablePicture.Stage.CATCHING_UP, nanos.getAsLong()));
            case RunEvent.TablePublished published -> withCopy(published.table(), copy -> {
                copy.end(TablePicture.Stage.PUBLISHED, nanos.getAsLong());
                copy.rowsBefore = published.rows() - copy.rows;
            });
            case RunEvent.CopyBegunAnew(TableName table, String _) -> copies.remove(table);
            case RunEvent.TableForgotten(TableName table, String _) -> copies.remove(table);
            case RunEvent.BatchWritten written -> batch(written);
            case RunEvent.LagMeasured measured -> lagBytes = measured.bytes();
            case RunEvent.TableLeftOut _, RunEvent.TableWarned _, RunEvent.ColumnWidened _, RunEvent.TableConverted _, RunEvent.TableAltered _,
                    RunEvent.AllBegunAnew _ -> {}
        }
    }

    private void withCopy(TableName table, Consumer<Copy> change) {
        Copy copy = copies.get(table);
        if (copy != null) {
            change.accept(copy);
        }
    }

    private void batch(RunEvent.BatchWritten written) {
        transactions += written.transactions();
        changes += written.changes();
        written.committedAt().ifPresent(at -> committedAt = at);
    }

    /// The tables in the order in which their copies began.
    public synchronized List<TablePicture> tables() {
        long now = nanos.getAsLong();
        return copies.values().stream().map(copy -> copy.picture(now)).toList();
    }

    /// How far the following is.
    public synchronized Following following() {
        long now = nanos.getAsLong();
        if (now - rateBegan >= RATE_NANOS) {
            changesPerSecond = (changes - rateChanges) * 1_000_000_000L / (now - rateBegan);
            rateBegan = now;
            rateChanges = changes;
        }
        return new Following(transactions, changes, changesPerSecond, lagBytes, Optional.ofNullable(committedAt));
    }

    /// Whether every copy that began is published.
    public synchronized boolean isCopied() {
        return copies.values().stream().allMatch(copy -> copy.stage == TablePicture.Stage.PUBLISHED);
    }

    /// The copy of one table; guarded by the picture.
    private static final class Copy {
        private final RunEvent.CopyStarted started;
        private final long began;
        private long rowsBefore;
        private long rows;
        private long bytes;
        private long blocksDone;
        private long ended;
        private TablePicture.Stage stage = TablePicture.Stage.COPYING;

        Copy(RunEvent.CopyStarted started, long now) {
            this.started = started;
            this.began = now;
            this.rowsBefore = started.rowsDone();
            this.blocksDone = started.blocksDone();
        }

        void end(TablePicture.Stage reached, long now) {
            ended = ended == 0 ? now : ended;
            stage = reached;
        }

        TablePicture picture(long now) {
            return new TablePicture(
                    started.table(),
                    stage,
                    rowsBefore + rows,
                    rows,
                    bytes,
                    started.estimatedRows(),
                    stage == TablePicture.Stage.COPYING ? share() : 1,
                    Duration.ofNanos((ended == 0 ? now : ended) - began));
        }

        private double share() {
            double byBlocks = started.blocks() > 0 ? (double) blocksDone / started.blocks() : 0;
            double byRows = started.estimatedRows() > 0 ? (double) (rowsBefore + rows) / started.estimatedRows() : 0;
            return Math.min(0.99, Math.max(byBlocks, byRows));
        }
    }
}
