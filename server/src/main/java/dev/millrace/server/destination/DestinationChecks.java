package dev.millrace.server.destination;

import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.state.Json;
import tools.jackson.databind.node.ArrayNode;

/// The setup tests of a destination.
///
/// @param orders know where it is
public record DestinationChecks(RunOrders orders) {

    /// Asks them; findings as the API has them.
    public ArrayNode ask(DestinationRecord destination) {
        ArrayNode findings = Json.list();
        for (PlaceFinding finding : orders.place(destination).check()) {
            findings.add(Json.object()
                    .put("title", finding.title())
                    .put("status", finding.fit() ? "PASSED" : "FAILED")
                    .put("message", finding.message()));
        }
        return findings;
    }
}
