package dev.millrace.server.run;

import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// What a run has done so far, counted from its events. For any thread.
final class RunCount implements RunListener {

    private final AtomicLong rowsCopied = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<String> position = new AtomicReference<>("");

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.CopyProgressed progressed -> bytes.addAndGet(progressed.bytes());
            case RunEvent.RangeLoaded loaded -> rowsCopied.addAndGet(loaded.rows());
            case RunEvent.BatchWritten written -> {
                changes.addAndGet(written.changes());
                bytes.addAndGet(written.bytes());
                position.set(written.through().toString());
            }
            case RunEvent.CopyStarted _, RunEvent.TableCopied _, RunEvent.TablePublished _, RunEvent.TableLeftOut _, RunEvent.TableWarned _,
                    RunEvent.CopyBegunAnew _, RunEvent.AllBegunAnew _, RunEvent.TableConverted _, RunEvent.TableForgotten _, RunEvent.ColumnWidened _,
                    RunEvent.LagMeasured _ -> {}
        }
    }

    long rowsCopied() {
        return rowsCopied.get();
    }

    long changes() {
        return changes.get();
    }

    long bytes() {
        return bytes.get();
    }

    /// Empty before the first batch.
    String position() {
        return position.get();
    }
}
