package dev.millrace.server.audit;

import java.util.Map;
import java.util.Optional;

/// The reference product's names for what people do with a connection.
public final class ConnectionEvents {

    /// By what the audit log calls it.
    public static final Map<String, String> BY_ACTION = Map.of(
            "create", "create_connector",
            "edit", "edit_connector",
            "pause", "pause_connector",
            "resume", "resume_connector",
            "delete", "delete_connector",
            "sync", "force_update_connector",
            "resync", "resync_connector");

    private ConnectionEvents() {}

    /// The event that a change is; empty for what is done with other things, or has no name there.
    public static Optional<String> of(AuditLog.Entry entry) {
        return entry.resource().equals("connection") ? Optional.ofNullable(BY_ACTION.get(entry.action())) : Optional.empty();
    }
}
