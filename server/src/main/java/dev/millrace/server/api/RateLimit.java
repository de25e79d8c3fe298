package dev.millrace.server.api;

import dev.millrace.server.Refusal;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.member.Actor;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How much one key may ask for within an hour. For any thread.
public final class RateLimit {

    private static final Duration WINDOW = Duration.ofHours(1);

    private record Counted(long window, int calls) {}

    private final int perHour;
    private final InstantSource clock;
    private final Map<String, Counted> counted = new ConcurrentHashMap<>();

    /// A limit of so many calls an hour; the reference product's is 20,000.
    public RateLimit(int perHour, InstantSource clock) {
        this.perHour = perHour;
        this.clock = clock;
    }

    /// Counts a call.
    ///
    /// @throws Refusal if it is one too many
    void count(Context http, Actor actor) {
        long now = clock.millis();
        long window = now / WINDOW.toMillis();
        int calls = counted.merge(
                        actor.keyId().orElseGet(actor::id), new Counted(window, 1), (before, one) -> before.window() == window ? new Counted(window, before.calls() + 1) : one)
                .calls();
        http.header("X-Rate-Limit", Integer.toString(perHour));
        http.header("X-Rate-Limit-Remaining", Integer.toString(Math.max(0, perHour - calls)));
        if (calls > perHour) {
            long seconds = Math.max(1, ((window + 1) * WINDOW.toMillis() - now + 999) / 1_000);
            http.header("Retry-After", Long.toString(seconds));
            throw new Refusal(Reason.TOO_MANY, "The key has made %d calls within the hour. Go on in %d seconds.".formatted(perHour, seconds));
        }
    }
}
