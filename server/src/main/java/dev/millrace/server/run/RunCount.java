package dev.millrace.server.run;

import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.server.state.Json;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.node.ObjectNode;

/// What a run has done so far, counted from its events. For any thread.
final class RunCount implements RunListener {

    private final AtomicLong rowsCopied = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong writingMillis = new AtomicLong();
    private final AtomicReference<String> position = new AtomicReference<>("");

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.CopyProgressed progressed -> bytes.addAndGet(progressed.bytes());
            case RunEvent.RangeLoaded loaded -> rowsCopied.addAndGet(loaded.rows());
            case RunEvent.BatchWritten written -> {
                changes.addAndGet(written.changes());
                bytes.addAndGet(written.bytes());
                writingMillis.addAndGet(written.took().toMillis());
                position.set(written.through().toString());
            }
            case RunEvent.CopyStarted _, RunEvent.TableCopied _, RunEvent.TablePublished _, RunEvent.TableLeftOut _, RunEvent.TableWarned _,
                    RunEvent.CopyBegunAnew _, RunEvent.AllBegunAnew _, RunEvent.TableConverted _, RunEvent.TableAltered _, RunEvent.TableForgotten _, RunEvent.ColumnWidened _,
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

    /// How long what took, in the reference product's words. Copies are read and written at the same time: what is not known to be writing counts as reading.
    ObjectNode stats(Duration took) {
        double megabytes = bytes() / 1e6;
        double load = Math.min(took.toMillis(), writingMillis.get()) / 1e3;
        double total = took.toMillis() / 1e3;
        return Json.object()
                .put("extract_time_s", total - load)
                .put("extract_volume_mb", megabytes)
                .put("process_time_s", 0.0)
                .put("process_volume_mb", megabytes)
                .put("load_time_s", load)
                .put("load_volume_mb", megabytes)
                .put("total_time_s", total);
    }

    /// Empty before the first batch.
    String position() {
        return position.get();
    }
}
