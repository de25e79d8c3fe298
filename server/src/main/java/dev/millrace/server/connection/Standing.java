package dev.millrace.server.connection;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What happened to a connection, and so how it stands.
///
/// @param setup whether it was found fit
/// @param setupTests the last findings, as the API has them
/// @param historical whether its first copy is still to be made
/// @param succeeded when a run last reached its goal; never goes back
/// @param failed when a run last failed; never goes back
/// @param failures runs in a row that failed
/// @param next when the next run is due; empty if none is
/// @param fault what somebody has to do something about; empty if nothing
/// @param warnings what somebody should know
public record Standing(
        Setup setup,
        ArrayNode setupTests,
        boolean historical,
        Optional<Instant> succeeded,
        Optional<Instant> failed,
        int failures,
        Optional<Instant> next,
        Optional<ObjectNode> fault,
        ArrayNode warnings) {

    /// Whether a connection was found fit, by the API's words.
    public enum Setup {
        INCOMPLETE,
        CONNECTED,
        BROKEN
    }

    /// The same with another next run.
    public Standing withNext(Optional<Instant> due) {
        return new Standing(setup, setupTests, historical, succeeded, failed, failures, due, fault, warnings);
    }

    /// The same after a run that reached its goal.
    ///
    /// @param at when, later than the last time
    public Standing afterSuccess(Instant at, Optional<Instant> due) {
        return new Standing(Setup.CONNECTED, setupTests, false, Optional.of(at), failed, 0, due, Optional.empty(), warnings);
    }

    /// The same after a run that failed.
    ///
    /// @param now whether it was found fit, or is broken now
    /// @param at when, later than the last time
    public Standing afterFailure(Setup now, Instant at, int inARow, Optional<Instant> due, ObjectNode why) {
        return new Standing(now, setupTests, historical, succeeded, Optional.of(at), inARow, due, Optional.of(why), warnings);
    }

    /// The same with what failed before counting no more.
    public Standing forgiven() {
        return new Standing(setup, setupTests, historical, succeeded, failed, 0, next, fault, warnings);
    }

    /// The same after its setup tests.
    ///
    /// @param fit whether none of them failed
    public Standing tested(ArrayNode findings, boolean fit) {
        Setup now = fit ? Setup.CONNECTED : setup == Setup.CONNECTED ? Setup.BROKEN : setup;
        return new Standing(now, findings, historical, succeeded, failed, fit ? 0 : failures, next, fit ? Optional.empty() : fault, warnings);
    }
}
