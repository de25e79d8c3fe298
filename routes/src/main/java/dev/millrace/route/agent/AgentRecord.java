package dev.millrace.route.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What the gateway knows of an agent. It holds no secret.
///
/// @param id by which connections name it
/// @param displayName what a person called it
/// @param created when it was made
/// @param version of the program that it last ran; empty if it never connected
/// @param connected whether it is connected, as of `lastSeen`
/// @param lastSeen when it last showed that it lives
/// @param sessions how many sessions at databases it has carried
/// @param bytes how many bytes went through them, both ways together
public record AgentRecord(
        String id,
        String displayName,
        Instant created,
        Optional<String> version,
        boolean connected,
        Optional<Instant> lastSeen,
        long sessions,
        long bytes) {

    private static final Duration FRESH = Duration.ofSeconds(40);

    /// Whether it is connected now: a gateway that was killed could not note that it is not.
    public boolean isConnected(Instant now) {
        return connected && lastSeen.filter(seen -> seen.plus(FRESH).isAfter(now)).isPresent();
    }
}
