package dev.millrace.server.web.account;

import dev.millrace.server.api.RestApi;
import dev.millrace.server.api.RestApi.Operation;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Routes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What programs may ask for, beside the keys by which they come in.
///
/// @param api that is shown
public record ApiPages(RestApi api) {

    /// The page.
    public record ApiPage(Frame frame, List<Part> parts) {}

    /// The operations on one kind of thing.
    public record Part(String title, List<Operation> operations) {

        /// Keeps its own copy of the list.
        public Part {
            operations = List.copyOf(operations);
        }
    }

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/api", visit -> visit.show("api", new ApiPage(visit.frame("REST API", Section.KEYS), parts())));
    }

    private List<Part> parts() {
        Map<String, List<Operation>> parts = new LinkedHashMap<>();
        api.operations().forEach(operation -> parts.computeIfAbsent(operation.path().split("/")[1], _ -> new ArrayList<>()).add(operation));
        return parts.entrySet().stream().map(part -> new Part(part.getKey(), part.getValue())).toList();
    }
}
