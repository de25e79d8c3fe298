package dev.millrace.server.api;

import java.util.Arrays;
import java.util.Optional;

/// Parts of the reference product's API that a server of one's own does without, with what to do instead.
enum Absent {
    TEAMS("/teams.*", "There are no teams. Put users into groups, with a role in each: POST /v1/groups/{id}/users."),
    EXTERNAL_LOGGING("/external-logging.*", "There is no external logging. The log is in the metadata schema of the destination, and `millrace server --json` prints it for a collector of yours."),
    CONNECT_CARD(
            "/connections/[^/]+/connect-card(-token)?",
            "There are no connect cards. Let people log in to this server's pages, at `/`, and put them into the connection's group: POST /v1/groups/{id}/users."),
    TRANSFORMATIONS("/(transformations|transformation-projects|dbt).*", "There are no transformations. Run dbt when a sync has ended: a webhook hears of `sync_end`."),
    PRIVATE_LINKS("/private-links.*", "There are no private links to make. A connection reaches one of yours by `millrace.source.private_hosts` and `tls_server_name`, or by a proxy agent: POST /v1/proxy."),
    HYBRID_AGENTS("/hybrid-deployment-agents.*", "There are no hybrid deployment agents: the server itself is at your place. For a network that it cannot dial: POST /v1/proxy."),
    SECRETS_MANAGERS("/external-secrets-managers.*", "There are no external secrets managers. Secrets are sealed with the server's key, which may come from a key service: MILLRACE_KEY_COMMAND.");

    private final String paths;
    private final String instead;

    Absent(String paths, String instead) {
        this.paths = paths;
        this.instead = instead;
    }

    /// What to say of a path below the version; empty if it is no part of the API at all.
    static Optional<String> insteadOf(String path) {
        return Arrays.stream(values()).filter(one -> path.matches(one.paths)).map(one -> one.instead).findFirst();
    }
}
