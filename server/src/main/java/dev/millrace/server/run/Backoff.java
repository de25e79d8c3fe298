package dev.millrace.server.run;

import dev.millrace.core.fault.FaultKind;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// When a connection whose run failed is tried again, and when it is left alone until somebody has done something.
///
/// @param firstPause after the first failure; doubles with each further one in a row
/// @param longestPause where doubling ends
/// @param attempts failures in a row after which a connection is paused that a person has to do something about
/// @param patientAttempts the same for what may pass by itself
public record Backoff(Duration firstPause, Duration longestPause, int attempts, int patientAttempts) {

    private static final double JITTER = 0.2;

    /// A minute, two, four, up to an hour; ten failures, or a hundred of what may pass: four days.
    public static Backoff usual() {
        return new Backoff(Duration.ofMinutes(1), Duration.ofHours(1), 10, 100);
    }

    /// The pause after so many failures in a row, which is at least 1; varied, so that connections to one server that was away do not come back at once.
    Duration pauseAfter(int failures, RandomGenerator random) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, 20));
        Duration limited = pause.compareTo(longestPause) < 0 ? pause : longestPause;
        return Duration.ofMillis(Math.round(limited.toMillis() * random.nextDouble(1 - JITTER, 1 + JITTER)));
    }

    /// Whether to leave the connection alone now.
    boolean isEnough(int failures, FaultKind kind) {
        return failures >= (kind.retry() == FaultKind.Retry.SOON ? patientAttempts : attempts);
    }
}
