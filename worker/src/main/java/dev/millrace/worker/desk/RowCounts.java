package dev.millrace.worker.desk;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.TableMemory;
import java.time.Duration;

/// Counts the live rows of tables in the copy, as far as that is quickly done.
final class RowCounts {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final CopyReader reader;
    private final long end = System.nanoTime() + PATIENCE.toNanos();

    /// @param reader of the copy; stays the caller's
    RowCounts(CopyReader reader) {
        this.reader = reader;
    }

    /// The live rows of a published table now; those that are remembered if counting takes too long.
    long live(TableMemory known) {
        long left = end - System.nanoTime();
        return left <= 0 ? known.rows() : reader.liveRows(known, Duration.ofNanos(left)).orElse(known.rows());
    }
}
