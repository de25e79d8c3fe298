package dev.millrace.source.scan;

import java.nio.file.Path;
import java.time.Duration;

/// What scans keep to.
///
/// @param pause between the end of a scan and the next one that nobody asked for, at the least
/// @param share of the time that scanning may take when nobody asks: a pause is at least this many times as long as the scan before it
/// @param holdAtMost how long a snapshot may be held between two scans, so that pages without new rows can be left out
/// @param batchBytes how much of what a scan finds is kept in memory; more goes to the spool
/// @param spool a folder for what does not fit in memory; made when needed
public record ScanSettings(Duration pause, int share, Duration holdAtMost, int batchBytes, Path spool) {

    private static final Duration HOLD_AT_MOST = Duration.ofMinutes(15);

    /// Scans that leave the source three quarters of the time in peace.
    public static ScanSettings of(Duration pause, int batchBytes, Path spool) {
        return new ScanSettings(pause, 3, HOLD_AT_MOST, batchBytes, spool);
    }
}
