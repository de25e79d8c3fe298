package dev.millrace.server.webhook;

import dev.millrace.server.secret.Sealed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An address that wants to hear of events.
///
/// @param id ours
/// @param groupId whose connections' events; empty for those of every group
/// @param url where they are sent
/// @param events which, by name
/// @param active whether they are sent now
/// @param secrets its secret, by which what is sent is signed; none if it is not signed
/// @param created when
/// @param createdBy the actor's id
public record Webhook(
        String id, Optional<String> groupId, String url, List<String> events, boolean active, Sealed secrets, Instant created, Optional<String> createdBy) {

    static final String SECRET = "secret";

    /// Keeps its own copy of the list.
    public Webhook {
        events = List.copyOf(events);
    }

    /// Whether an event of a group's connection is for it.
    boolean wants(String event, String group) {
        return active && events.contains(event) && groupId.map(group::equals).orElse(true);
    }

    /// Whether what is sent is signed.
    public boolean isSigned() {
        return secrets.has(SECRET);
    }
}
