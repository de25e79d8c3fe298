package dev.millrace.server.web.setup;

import dev.millrace.server.web.Pill;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// A setup test's finding as people see it.
///
/// @param pill how it ended
/// @param title of the test
/// @param message what is so
/// @param remedy what to do; empty if nothing
/// @param isSql whether the remedy is to be pasted somewhere
/// @param shown what the server showed of itself, which may be approved
public record FindingView(Pill pill, String title, String message, String remedy, boolean isSql, List<Shown> shown) {

    /// What tells a person whether it is theirs, by the API's names; the rest is for machines.
    private static final Map<String, String> NAMES = names();

    private static Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("name", "Subject");
        names.put("issuer", "Issued by");
        names.put("not_before", "Valid from");
        names.put("not_after", "Valid until");
        names.put("sha256", "SHA-256");
        return names;
    }

    /// A certificate or host key.
    ///
    /// @param kind `certificate` or `host key`
    /// @param fingerprint its SHA-256
    /// @param facts about it
    public record Shown(String kind, String fingerprint, List<Fact> facts) {}

    /// One fact.
    public record Fact(String name, String value) {}

    /// Those that are remembered.
    public static List<FindingView> all(ArrayNode told) {
        return told.valueStream().map(FindingView::of).toList();
    }

    /// One, as the API has it.
    public static FindingView of(JsonNode told) {
        String status = told.path("status").asString("");
        Pill pill = switch (status) {
            case "PASSED" -> Pill.good("Passed");
            case "WARNING" -> Pill.warn("Warning");
            case "SKIPPED" -> Pill.idle("Skipped");
            default -> Pill.bad("Failed");
        };
        String remedy = told.path("remedy").asString("");
        boolean failed = status.equals("FAILED");
        return new FindingView(pill, told.path("title").asString(""), told.path("message").asString(""), remedy, remedy.contains(";") || remedy.contains("\n"), failed ? shown(told.path("details")) : List.of());
    }

    private static List<Shown> shown(JsonNode details) {
        if (details.isArray()) {
            return details.valueStream().map(one -> shown(one, "certificate")).toList();
        }
        return details.isObject() ? List.of(shown(details, "host key")) : List.of();
    }

    private static Shown shown(JsonNode one, String kind) {
        List<Fact> facts = new ArrayList<>();
        NAMES.forEach((key, name) -> {
            String value = one.path(key).asString("");
            if (!value.isEmpty()) {
                facts.add(new Fact(name, value));
            }
        });
        if (kind.equals("host key")) {
            facts.clear();
            facts.add(new Fact("Kind", one.path("type").asString("")));
            facts.add(new Fact("SHA-256", one.path("hash").asString("")));
        }
        String fingerprint = one.path("hash").asString(one.path("sha256").asString(""));
        return new Shown(kind, fingerprint, facts);
    }
}
