package dev.millrace.server.destination;

import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.server.check.Examinations;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.state.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The setup tests of a destination.
///
/// @param orders know where it is
public record DestinationChecks(RunOrders orders) {

    /// Asks them.
    public List<PlaceFinding> ask(DestinationRecord destination) {
        return orders.place(destination).check();
    }

    /// Findings as the API has them.
    public static ArrayNode told(List<PlaceFinding> findings) {
        ArrayNode all = Json.list();
        for (PlaceFinding finding : findings) {
            ObjectNode one = Json.object()
                    .put("title", finding.title())
                    .put("status", finding.fit() ? "PASSED" : "FAILED")
                    .put("message", finding.message());
            if (!finding.approvable().isEmpty()) {
                one.set("details", Examinations.details(finding.approvable()));
            }
            all.add(one);
        }
        return all;
    }
}
