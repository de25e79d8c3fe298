package dev.millrace.core.run;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.CopySession;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// A table whose ranges are being read by one or more copiers under one snapshot. Safe for several threads.
final class CopyingTable {

    private final CopyCrew.Order order;
    private final CopySession.Shared shared;
    private final Deque<CopyRange> waiting = new ArrayDeque<>();
    private int unfinished;
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

    /// The next range to read, or null.
    synchronized @Nullable CopyRange take() {
        return waiting.poll();
    }

    /// Notes that a range is durable.
    ///
    /// @return whether it was the last
    synchronized boolean loaded(long rangeRows) {
        rows += rangeRows;
        return --unfinished == 0;
    }

    /// The rows that this run has loaded.
    synchronized long rows() {
        return rows;
    }
}
