package dev.millrace.core.run;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.CopySession;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A table whose ranges are being read by one or more copiers under one snapshot. Safe for several threads.
///
/// If the source cancels the reading of a range, the snapshot is given up: no further range is handed out, and those that are being read
/// end one way or the other.
final class CopyingTable {

    private final CopyCrew.Order order;
    private final CopySession.Shared shared;
    private final Deque<CopyRange> waiting = new ArrayDeque<>();
    private int unfinished;
    private int reading;
    private @Nullable Fault cancelled;
    private long rows;

    CopyingTable(CopyCrew.Order order, CopySession.Shared shared) {
        this.order = order;
        this.shared = shared;
        for (CopyRange range : order.plan().ranges()) {
            if (!order.finished().containsKey(range.number())) {
                waiting.add(range);
            }
        }
        unfinished = waiting.size();
    }

    /// How a copy announces itself, with what an earlier run has done of it.
    static RunEvent.CopyStarted started(CopyCrew.Order order) {
        long blocks = order.plan().ranges().stream().mapToLong(CopyRange::blocks).sum();
        long blocksDone = order.plan().ranges().stream()
                .filter(range -> order.finished().containsKey(range.number()))
                .mapToLong(CopyRange::blocks)
                .sum();
        long rowsDone = order.finished().values().stream().mapToLong(FinishedRange::rows).sum();
        return new RunEvent.CopyStarted(order.table().table(), order.plan().estimatedRows(), blocks, blocksDone, rowsDone);
    }

    TableName name() {
        return order.table().table();
    }

    CopyPlan plan() {
        return order.plan();
    }

    CopySession.Shared shared() {
        return shared;
    }

    synchronized boolean hasRanges() {
        return !waiting.isEmpty();
    }

    synchronized boolean isComplete() {
        return unfinished == 0;
    }

    /// The next range to read, or null. Whoever takes one says how it [ended][#loaded].
    synchronized @Nullable CopyRange take() {
        CopyRange range = waiting.poll();
        if (range != null) {
            reading++;
        }
        return range;
    }

    /// Notes that a range is durable; gives what is to be told if nobody reads the table any more.
    synchronized Optional<CopyCrew.Report> loaded(long rangeRows) {
        rows += rangeRows;
        unfinished--;
        reading--;
        return report();
    }

    /// Notes that the source cancelled the reading of a range; gives what is to be told if nobody reads the table any more.
    synchronized Optional<CopyCrew.Report> cancelled(Fault why) {
        cancelled = why;
        waiting.clear();
        reading--;
        return report();
    }

    private Optional<CopyCrew.Report> report() {
        if (unfinished == 0) {
            return Optional.of(new CopyCrew.Report.Copied(name(), rows));
        }
        Fault why = cancelled;
        return why == null || reading > 0 ? Optional.empty() : Optional.of(new CopyCrew.Report.Cancelled(name(), why));
    }
}
