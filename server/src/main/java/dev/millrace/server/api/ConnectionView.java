package dev.millrace.server.api;

import dev.millrace.route.key.KeyFolder;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Schedule;
import dev.millrace.server.connection.Standing;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A connection as the API shows it.
///
/// @param plane that it is part of
public record ConnectionView(ControlPlane plane) {

    /// All of it.
    public ObjectNode of(ConnectionRecord connection) {
        Standing standing = plane.connections().standing(connection.id());
        ObjectNode view = Json.object()
                .put("id", connection.id())
                .put("group_id", connection.groupId())
                .put("service", connection.service())
                .put("service_version", 1)
                .put("schema", connection.schemaPrefix())
                .put("paused", connection.paused())
                .put("pause_after_trial", false)
                .put("sync_frequency", connection.schedule().minutes())
                .put("schedule_type", connection.schedule().manual() ? "manual" : "auto")
                .put("data_delay_sensitivity", connection.delay().sensitivity())
                .put("data_delay_threshold", connection.delay().thresholdMinutes().orElse(0))
                .put("networking_method", connection.config().path("connection_type").asString("Directly"))
                .put("destination_schema_names", connection.schemaNames())
                .put("connected_by", connection.createdBy().orElse(null))
                .put("created_at", connection.created().toString())
                .put("succeeded_at", standing.succeeded().map(ConnectionView::moment).orElse(null))
                .put("failed_at", standing.failed().map(ConnectionView::moment).orElse(null));
        connection.schedule().daily().ifPresent(time -> view.put("daily_sync_time", time.toString()));
        connection.agentId().ifPresent(agent -> view.put("proxy_agent_id", agent));
        view.set("status", status(connection, standing));
        view.set("setup_tests", standing.setupTests());
        view.set("config", config(connection));
        view.putObject("source_sync_details");
        view.set("millrace", extension(connection));
        return view;
    }

    /// Java leaves the fraction out where it is zero, which some clients' parsers do not expect.
    private static String moment(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).plusNanos(1_000).toString();
    }

    private ObjectNode config(ConnectionRecord connection) {
        ObjectNode config = Json.object().put("schema_prefix", connection.schemaPrefix());
        for (ConfigField field : ConfigField.values()) {
            if (field.kind() == Kind.SECRET && connection.secrets().has(field.key())) {
                config.put(field.key(), Sealed.MASK);
            } else if (connection.config().has(field.key())) {
                config.set(field.key(), connection.config().get(field.key()));
            }
        }
        if (connection.config().has("tunnel_host")) {
            config.put("public_key", publicKey(connection.groupId()));
        }
        return config;
    }

    /// The public key that the tunnel hosts of a group have to accept; made when it is first asked for.
    public String publicKey(String group) {
        KeyFolder keys = new KeyFolder(plane.home().tunnelKeys(group), plane.orders()::vault);
        return keys.authorizedKeysLine().or(() -> {
            keys.key();
            return keys.authorizedKeysLine();
        }).orElseThrow();
    }

    private static ObjectNode extension(ConnectionRecord connection) {
        ObjectNode extension = connection.extension().deepCopy();
        return connection.schedule().continuous() ? extension.put("continuous", true) : extension;
    }

    /// How it stands, by the API's words.
    public ObjectNode status(ConnectionRecord connection, Standing standing) {
        String sync = syncState(connection, standing);
        ObjectNode status = Json.object()
                .put("setup_state", standing.setup().name().toLowerCase(Locale.ROOT))
                .put("schema_status", "ready")
                .put("sync_state", sync)
                .put("update_state", isLate(connection, standing) ? "delayed" : "on_schedule")
                .put("is_historical_sync", standing.historical());
        if (sync.equals("rescheduled")) {
            standing.next().ifPresent(next -> status.put("rescheduled_for", next.toString()));
        }
        ArrayNode tasks = status.putArray("tasks");
        ArrayNode warnings = status.putArray("warnings");
        standing.fault().ifPresent(fault -> {
            ArrayNode where = fault.path("retry").asString("").equals("SOON") ? warnings : tasks;
            where.addObject()
                    .put("code", fault.path("code").asString())
                    .put("message", fault.path("message").asString())
                    .putObject("details")
                    .put("remedy", fault.path("remedy").asString());
        });
        standing.warnings().forEach(warnings::add);
        return status;
    }

    private String syncState(ConnectionRecord connection, Standing standing) {
        if (plane.runs().current(connection.id()).isPresent()) {
            return "syncing";
        }
        if (connection.paused()) {
            return "paused";
        }
        return standing.failures() > 0 && standing.next().isPresent() ? "rescheduled" : "scheduled";
    }

    private boolean isLate(ConnectionRecord connection, Standing standing) {
        Schedule schedule = connection.schedule();
        Duration allowed = connection.delay().thresholdMinutes().map(Duration::ofMinutes).orElse(Duration.ofMinutes(2L * schedule.minutes() + 10));
        Instant since = standing.succeeded().orElse(connection.created());
        return !connection.paused() && !schedule.manual() && since.plus(allowed).isBefore(plane.connections().clock().instant());
    }
}
