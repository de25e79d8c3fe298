package dev.millrace.source.wal;

import dev.millrace.core.position.Lsn;
import java.time.Duration;

/// What was found when the log was opened.
///
/// @param serverVersion the major version, such as 17
/// @param start from where the destination wants the log
/// @param confirmed up to where the slot may be forgotten
/// @param restart from where the server has to decode again, whatever is asked for
/// @param logEnd the end of the log
/// @param nextXid the first transaction id that was not yet assigned, 64 bits wide
/// @param senderTimeout how long the server waits for a word from us; zero if for ever
record Opening(
        int serverVersion, Lsn start, Lsn confirmed, Lsn restart, Lsn logEnd, long nextXid, Duration senderTimeout) {

    /// Whether there is so much to be read that peeking is the better way. It is not where an old transaction holds the place back from
    /// which every peek decodes again.
    boolean isWorthPeeking(long backlogBytes) {
        Lsn from = Lsn.max(start, confirmed);
        return logEnd.bytesSince(from) > backlogBytes && isNear(restart, from, backlogBytes);
    }

    /// Whether decoding begins near enough to where it is needed.
    static boolean isNear(Lsn restart, Lsn from, long backlogBytes) {
        return from.bytesSince(restart) < 4 * backlogBytes;
    }
}
