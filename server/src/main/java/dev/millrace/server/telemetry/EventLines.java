package dev.millrace.server.telemetry;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.state.Json;
import java.io.PrintStream;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Events of connections as lines of JSON, in the envelope of the reference product's log.
///
/// @param plane that they are from
/// @param out where they are printed
public record EventLines(ControlPlane plane, PrintStream out) {

    /// Prints every event from now on.
    public void begin() {
        plane.log().listen(event -> {
            String line = envelope(plane.connections().find(event.connectionId()), event).toString();
            synchronized (out) {
                out.println(line);
            }
        });
    }

    /// An event in its envelope; webhooks have the same.
    public static ObjectNode envelope(Optional<ConnectionRecord> connection, RunLog.Event event) {
        ObjectNode line = Json.object().put("event", event.name());
        line.set("data", event.data());
        String service = connection.map(ConnectionRecord::service).orElse("");
        String name = connection.map(ConnectionRecord::schemaPrefix).orElse("");
        return line.put("level", event.level().name())
                .put("created", event.at().toString())
                .put("connector_type", service)
                .put("connector_id", event.connectionId())
                .put("connector_name", name)
                .put("connection_id", event.connectionId())
                .put("connection_name", name)
                .put("sync_id", event.runId().orElse(null));
    }
}
