package dev.millrace.source.scan;

import dev.millrace.core.position.ScanPosition;

/// How many scans of a connection have begun. Safe for several threads.
///
/// A scan counts itself before it takes its snapshot. So whoever takes a snapshot and reads the count afterwards knows that the next scan
/// to be counted sees whatever that snapshot saw.
public final class ScanCount {

    private long begun;

    /// Goes on behind the scan that the destination holds.
    public synchronized void resumeAfter(ScanPosition held) {
        begun = held.number();
    }

    /// Counts a scan that is about to take its snapshot.
    synchronized long begin() {
        return ++begun;
    }

    /// The scan that will be counted next.
    public synchronized ScanPosition next() {
        return ScanPosition.numbered(begun + 1);
    }
}
