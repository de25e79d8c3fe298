package dev.millrace.source.wal;

import dev.millrace.core.position.Lsn;
import java.time.Duration;

/// What was found when the log was opened.
///
/// @param serverVersion the major version, such as 17
/// @param start from where the destination wants the log
/// @param log how much log there is, and how the slot stands in it
/// @param nextXid the first transaction id that was not yet assigned, 64 bits wide
/// @param senderTimeout how long the server waits for a word from us; zero if for ever
record Opening(int serverVersion, Lsn start, LogExtent log, long nextXid, Duration senderTimeout) {

    /// How much log there is to be read.
    long backlog() {
        return log.end().bytesSince(from());
    }

    /// Whether there is so much to be read that reading in bulk is the better way.
    boolean isWorthPeeking(long backlogBytes) {
        return log.isWorthPeeking(from(), backlogBytes);
    }

    private Lsn from() {
        return Lsn.max(start, log.confirmed());
    }
}
