package dev.millrace.source.scan;

import java.time.Duration;

/// How long something is waited for.
///
/// @param end by `System.nanoTime`
record Patience(long end) {

    /// Patience from now on.
    static Patience of(Duration limit) {
        return new Patience(System.nanoTime() + limit.toNanos());
    }

    boolean isOver() {
        return System.nanoTime() - end > 0;
    }
}
