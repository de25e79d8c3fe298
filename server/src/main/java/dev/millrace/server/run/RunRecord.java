package dev.millrace.server.run;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// One run of a connection, as it is remembered.
///
/// @param id a UUID; the API's `sync_id`
/// @param connectionId whose
/// @param server which server carries it out
/// @param cause why it began
/// @param status how it stands or ended
/// @param started when
/// @param ended when; empty while it goes on
/// @param rowsCopied rows of ranges that became durable
/// @param changes changes that became durable
/// @param bytes of both, as they were read
/// @param position up to where the destination holds everything; empty before the first batch
/// @param fault why it failed; empty if it did not
public record RunRecord(
        String id,
        String connectionId,
        String server,
        Cause cause,
        Status status,
        Instant started,
        Optional<Instant> ended,
        long rowsCopied,
        long changes,
        long bytes,
        Optional<String> position,
        Optional<ObjectNode> fault) {

    /// Why a run began.
    public enum Cause {
        SCHEDULE,
        ASKED,
        RETRY,
        RESTART
    }

    /// How a run stands or ended, by the words of the reference product's log.
    public enum Status {
        RUNNING,
        SUCCESSFUL,
        /// It failed by something that may pass.
        FAILURE,
        /// It failed, and somebody has to do something.
        FAILURE_WITH_TASK,
        /// It was stopped at a safe point, and goes on later.
        RESCHEDULED,
        /// It was stopped, and nothing follows.
        CANCELED
    }
}
