package dev.millrace.server.check;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.run.Runs;
import dev.millrace.server.state.Json;
import dev.millrace.worker.Wiring;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Has the setup tests of connections run, and remembers what they found.
///
/// @param orders make what is tested
/// @param connections remember it
/// @param runs know whether one goes on
public record Examinations(RunOrders orders, Connections connections, Runs runs) {

    /// The tunnel's host key comes to light first, then the database's certificate; after that there is nothing left to approve.
    private static final int ROUNDS = 3;

    /// What is approved without asking anybody.
    ///
    /// @param certificates the server's own certificate, as presented now
    /// @param hostKeys the tunnel host's key, as presented now
    /// @param actor the id of who wants it so
    public record Trust(boolean certificates, boolean hostKeys, String actor) {

        private boolean covers(Approvable one) {
            return one.kind() == Approvable.Kind.CERTIFICATE ? certificates : hostKeys;
        }
    }

    /// Tests a connection that is kept, and remembers the findings and whether it is fit.
    ///
    /// @param each hears of each finding as it is had
    /// @throws dev.millrace.server.Refusal if its settings cannot be used
    public List<Finding> test(ConnectionRecord connection, Trust trust, Consumer<Finding> each) {
        List<Finding> findings = List.of();
        for (int round = 0; round < ROUNDS; round++) {
            findings = ask(connection, each);
            Optional<Approvable> missing = findings.stream()
                    .filter(finding -> finding.outcome() == Outcome.FAILED)
                    .flatMap(finding -> finding.approvable().stream())
                    .filter(trust::covers)
                    .findFirst();
            if (missing.isEmpty()) {
                break;
            }
            connections.approve(connection.id(), missing.get(), trust.actor());
        }
        boolean fit = findings.stream().noneMatch(finding -> finding.outcome() == Outcome.FAILED);
        ArrayNode told = told(findings);
        connections.stand(connection.id(), standing -> standing.tested(told, fit));
        return findings;
    }

    private List<Finding> ask(ConnectionRecord connection, Consumer<Finding> each) {
        List<Finding> findings = new ArrayList<>();
        try (Wiring wiring = orders.wiring(connection)) {
            wiring.setupTests(() -> runs.current(connection.id()).isPresent()).ask(finding -> {
                findings.add(finding);
                each.accept(finding);
            });
        }
        return findings;
    }

    /// Findings as the API has them.
    public static ArrayNode told(List<Finding> findings) {
        ArrayNode all = Json.list();
        findings.forEach(finding -> all.add(told(finding)));
        return all;
    }

    /// A finding as the API has it; `remedy` and `test` are ours.
    public static ObjectNode told(Finding finding) {
        ObjectNode one = Json.object()
                .put("title", finding.test().title())
                .put("status", finding.outcome().name())
                .put("message", finding.message())
                .put("remedy", finding.remedy())
                .put("test", finding.test().name());
        if (!finding.approvable().isEmpty()) {
            one.set("details", details(finding.approvable()));
        }
        return one;
    }

    /// What may be approved, as the API has it: a chain of certificates, or a host key.
    public static JsonNode details(List<Approvable> approvable) {
        if (approvable.getFirst().kind() == Approvable.Kind.HOST_KEY) {
            return details(approvable.getFirst());
        }
        ArrayNode chain = Json.list();
        approvable.forEach(certificate -> chain.add(details(certificate)));
        return chain;
    }

    private static ObjectNode details(Approvable one) {
        ObjectNode details = Json.object();
        if (one.kind() == Approvable.Kind.HOST_KEY) {
            details.put("hash", one.fingerprint()).put("type", one.name()).put("name", one.name());
        }
        one.facts().forEach(details::put);
        return details;
    }
}
