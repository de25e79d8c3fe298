package dev.millrace.server.destination;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// Where the copies of a group are kept, as somebody set it up.
///
/// @param id that of its group
/// @param service its kind: `duckdb`
/// @param region as it was given; of no meaning here
/// @param timeZoneOffset as it was given; of no meaning here
/// @param config what its kind asks for
/// @param setupStatus whether it was found fit
/// @param created when
public record DestinationRecord(
        String id, String service, String region, String timeZoneOffset, ObjectNode config, SetupStatus setupStatus, Instant created) {

    /// Whether a destination was found fit, by the API's words.
    public enum SetupStatus {
        CONNECTED,
        INCOMPLETE,
        BROKEN
    }

    /// The same, found fit or not.
    public DestinationRecord found(SetupStatus status) {
        return new DestinationRecord(id, service, region, timeZoneOffset, config, status, created);
    }
}
