package dev.millrace.server.web.door;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// Counts wrong passwords, so that nobody tries them all. For any thread.
final class Throttle {

    /// Wrong passwords for one address within [#WINDOW] before the next try has to wait.
    static final int TRIES = 5;

    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int ADDRESSES_MAX = 10_000;

    private final InstantSource clock;
    private final Map<String, Deque<Instant>> wrong = new LinkedHashMap<>();

    Throttle(InstantSource clock) {
        this.clock = clock;
    }

    /// How long somebody has to wait before the next try; zero if not at all.
    synchronized Duration pause(String email) {
        Instant now = clock.instant();
        Deque<Instant> tries = wrong.getOrDefault(email, new ArrayDeque<>());
        while (!tries.isEmpty() && tries.getFirst().plus(WINDOW).isBefore(now)) {
            tries.removeFirst();
        }
        return tries.size() < TRIES ? Duration.ZERO : Duration.between(now, tries.getFirst().plus(WINDOW));
    }

    /// A password was wrong.
    synchronized void count(String email) {
        if (wrong.size() >= ADDRESSES_MAX) {
            wrong.remove(wrong.keySet().iterator().next());
        }
        wrong.computeIfAbsent(email, _ -> new ArrayDeque<>()).addLast(clock.instant());
    }

    /// A password was right.
    synchronized void forget(String email) {
        wrong.remove(email);
    }
}
