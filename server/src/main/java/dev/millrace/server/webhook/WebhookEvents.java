package dev.millrace.server.webhook;

import dev.millrace.server.audit.ConnectionEvents;
import java.util.List;
import java.util.stream.Stream;

/// The events of which a webhook can hear, by the names that the reference product has for them.
public final class WebhookEvents {

    /// From the log of runs, where they have the same names.
    static final List<String> OF_RUNS = List.of("sync_start", "sync_end");

    /// Those of which the reference product tells, and which nothing here causes.
    private static final List<String> NEVER = List.of(
            "status", "connection_successful", "connection_failure", "resync_table", "dbt_run_start", "dbt_run_succeeded", "dbt_run_failed",
            "transformation_run_start", "transformation_run_succeeded", "transformation_run_failed");

    private WebhookEvents() {}

    /// Those that happen here, in order.
    public static List<String> happening() {
        return Stream.concat(OF_RUNS.stream(), ConnectionEvents.BY_ACTION.values().stream().sorted()).toList();
    }

    /// Whether a webhook may ask for it.
    static boolean isKnown(String event) {
        return happening().contains(event) || NEVER.contains(event);
    }
}
