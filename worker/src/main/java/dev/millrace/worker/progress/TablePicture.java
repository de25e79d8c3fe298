package dev.millrace.worker.progress;

import dev.millrace.core.shape.TableName;
import java.time.Duration;

/// How far one table's copy is, at one moment.
///
/// @param table its name at the source
/// @param stage where it stands
/// @param rows copied so far, by this run and earlier ones
/// @param rowsNow copied by this run
/// @param bytes read by this run
/// @param estimatedRows PostgreSQL's estimate; -1 where it has none
/// @param share the done share of the table, from 0 to 1
/// @param took since this run began with it, or until it was done
public record TablePicture(
        TableName table, Stage stage, long rows, long rowsNow, long bytes, long estimatedRows, double share, Duration took) {

    /// Where a table stands in its first copy.
    public enum Stage {
        COPYING,
        CATCHING_UP,
        PUBLISHED
    }

    /// Rows in a second; 0 before there is anything to divide.
    public long rowsPerSecond() {
        long millis = took.toMillis();
        return millis < 100 ? 0 : rowsNow * 1_000 / millis;
    }

    /// How long it may yet take, at the speed so far; zero when done or unknown.
    public Duration left() {
        if (stage != Stage.COPYING || share <= 0.01 || share >= 1) {
            return Duration.ZERO;
        }
        return Duration.ofMillis((long) (took.toMillis() * (1 - share) / share));
    }
}
