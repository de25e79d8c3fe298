package dev.millrace.route.ssh;

import java.time.Duration;

/// How long an SSH session may keep us waiting.
///
/// @param connect until one of the host's addresses accepts, with the question to the name service
/// @param login from there on, until we are logged in
/// @param keepAlive how often the peer has to show that it lives
/// @param keepAlivesMissed how many unanswered ones end the session
public record SshLimits(Duration connect, Duration login, Duration keepAlive, int keepAlivesMissed) {

    /// What tunnels and agents use: a peer that is gone is noticed within half a minute.
    public static SshLimits defaults() {
        return new SshLimits(Duration.ofSeconds(12), Duration.ofSeconds(15), Duration.ofSeconds(10), 2);
    }

    /// The same with other keepalives.
    public SshLimits withKeepAlive(Duration every) {
        return new SshLimits(connect, login, every, keepAlivesMissed);
    }
}
