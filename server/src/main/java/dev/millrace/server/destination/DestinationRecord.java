package dev.millrace.server.destination;

import dev.millrace.server.secret.Sealed;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// Where the copies of a group are kept, as somebody set it up.
///
/// @param id that of its group
/// @param service its kind, by the API's name that was given: `duckdb`
/// @param region as it was given; of no meaning here
/// @param timeZoneOffset as it was given; of no meaning here
/// @param config what its kind asks for, by the names of [DestinationField]; no secrets
/// @param secrets by the same names
/// @param setupStatus whether it was found fit
/// @param created when
public record DestinationRecord(
        String id, String service, String region, String timeZoneOffset, ObjectNode config, Sealed secrets, SetupStatus setupStatus, Instant created) {

    /// One without secrets.
    public DestinationRecord(
            String id, String service, String region, String timeZoneOffset, ObjectNode config, SetupStatus setupStatus, Instant created) {
        this(id, service, region, timeZoneOffset, config, noSecrets(id), setupStatus, created);
    }

    /// The secrets of a destination that has none.
    public static Sealed noSecrets(String id) {
        return Sealed.none("destination/" + id);
    }

    /// What its copies are kept in.
    public DestinationKind kind() {
        return DestinationKind.of(service);
    }

    /// Whether a destination was found fit, by the API's words.
    public enum SetupStatus {
        CONNECTED,
        INCOMPLETE,
        BROKEN
    }

    /// The same, found fit or not.
    public DestinationRecord found(SetupStatus status) {
        return new DestinationRecord(id, service, region, timeZoneOffset, config, secrets, status, created);
    }
}
