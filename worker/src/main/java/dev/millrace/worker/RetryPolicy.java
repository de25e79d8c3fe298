package dev.millrace.worker;

import java.time.Duration;

/// When a run that ended by a fault which passes by itself is tried again.
///
/// @param attemptsMax how many runs in a row may fail without having written anything
/// @param firstPause before the second attempt; doubles with each further one
/// @param longestPause where doubling ends
public record RetryPolicy(int attemptsMax, Duration firstPause, Duration longestPause) {

    /// For a run that somebody waits for: not at all.
    public static RetryPolicy none() {
        return new RetryPolicy(1, Duration.ZERO, Duration.ZERO);
    }

    /// For a run with an end: within seven seconds.
    public static RetryPolicy brief() {
        return new RetryPolicy(4, Duration.ofSeconds(1), Duration.ofSeconds(4));
    }

    /// For a run without an end: as good as for ever, every minute in the long run.
    public static RetryPolicy patient() {
        return new RetryPolicy(Integer.MAX_VALUE, Duration.ofSeconds(1), Duration.ofMinutes(1));
    }

    /// The pause after the given number of failures, which is at least 1.
    Duration pauseAfter(int failures) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, 20));
        return pause.compareTo(longestPause) < 0 ? pause : longestPause;
    }
}
