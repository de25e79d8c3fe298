package dev.millrace.core.run;

import dev.millrace.core.copy.CopyRows;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Rows on their way, counted; and the place where a copy can be stopped. Used by one thread at a time, as [CopyRows] is.
final class MeteredRows implements CopyRows {

    private static final int ROWS_BETWEEN_LOOKS = 1_024;
    private static final long NANOS_BETWEEN_REPORTS = 200_000_000;

    /// Hears how many rows and bytes have come since it was last told.
    @FunctionalInterface
    interface Meter {
        void count(long rows, long bytes);
    }

    private final CopyRows rows;
    private final Meter meter;
    private final BooleanSupplier stopped;
    private long count;
    private long bytes;
    private int untilLook = ROWS_BETWEEN_LOOKS;
    private long reported = System.nanoTime();

    MeteredRows(CopyRows rows, Meter meter, BooleanSupplier stopped) {
        this.rows = rows;
        this.meter = meter;
        this.stopped = stopped;
    }

    @Override
    public byte @Nullable [] next() {
        byte[] row = rows.next();
        if (row == null) {
            report();
            return null;
        }
        count++;
        bytes += row.length;
        if (--untilLook == 0) {
            untilLook = ROWS_BETWEEN_LOOKS;
            look();
        }
        return row;
    }

    private void look() {
        if (stopped.getAsBoolean()) {
            throw new CopyStopped();
        }
        if (System.nanoTime() - reported >= NANOS_BETWEEN_REPORTS) {
            report();
        }
    }

    private void report() {
        meter.count(count, bytes);
        count = 0;
        bytes = 0;
        reported = System.nanoTime();
    }
}
