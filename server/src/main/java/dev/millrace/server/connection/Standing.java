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
}
