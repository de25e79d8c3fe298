package dev.millrace.server.telemetry;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.api.Credentials;
import dev.millrace.server.state.Json;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;

/// `/metrics` for those with an API key, `/health/live` and `/health/ready` for everybody.
///
/// @param plane that is measured
/// @param metrics of it
public record TelemetryRoutes(ControlPlane plane, Metrics metrics) {

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /// Adds them to a server.
    public void addTo(JavalinConfig config) {
        config.routes.get("/metrics", this::metrics);
        config.routes.get("/health/live", http -> answer(http, true));
        config.routes.get("/health/ready", http -> answer(http, plane.state().answers()));
    }

    private void metrics(Context http) {
        if (Credentials.actor(http, plane.keys()).isPresent()) {
            http.contentType(PROMETHEUS_TEXT).result(metrics.scrape());
        } else {
            http.status(401).header("WWW-Authenticate", "Basic realm=\"millrace\"").result("Metrics are for those with an API key: its id and secret as user and password.\n");
        }
    }

    private static void answer(Context http, boolean well) {
        http.status(well ? 200 : 503).contentType("application/json").result(Json.object().put("status", well ? "UP" : "DOWN").toString());
    }
}
