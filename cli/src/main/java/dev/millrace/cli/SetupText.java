package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Prints what setup tests find, each as it is had, and the sum at the end.
final class SetupText {

    private static final String INDENT = " ".repeat(9);

    /// What a person holds against the server's, besides name and SHA-256; keys and encodings are for machines.
    private static final Set<String> FOR_PEOPLE = Set.of("issuer", "not_before", "not_after");

    private final Terminal terminal;
    private final boolean json;
    private final Map<SetupTest, List<Finding>> findings = new EnumMap<>(SetupTest.class);

    SetupText(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    /// A test was asked, or one of the things that it asks.
    void add(Finding finding) {
        findings.computeIfAbsent(finding.test(), _ -> new ArrayList<>()).add(finding);
        if (json) {
            return;
        }
        String outcome = terminal.styled(style(finding.outcome()), finding.outcome().name());
        terminal.out().println(outcome + " ".repeat(INDENT.length() - finding.outcome().name().length())
                + terminal.styled(Style.BOLD, finding.test().title()) + ": " + onOneLine(finding.message()));
        finding.approvable().forEach(each -> terminal.out().println(INDENT + facts(each)));
        // Without anything in front of a line it can be pasted as it is; leading blanks do no harm.
        finding.remedy().lines().forEach(line -> terminal.out().println(INDENT + terminal.styled(Style.DIM, onOneLine(line))));
    }

    /// What a server says of itself may hold anything; whatever would steer a terminal, or look like a line of ours, is left out.
    static String onOneLine(String text) {
        return text.replaceAll("\\R|\\p{Cntrl}", " ");
    }

    private static String facts(Approvable approvable) {
        String facts = approvable.facts().entrySet().stream()
                .filter(fact -> approvable.kind() != Approvable.Kind.CERTIFICATE || FOR_PEOPLE.contains(fact.getKey()))
                .map(fact -> fact.getKey() + " " + fact.getValue())
                .collect(Collectors.joining(", "));
        return onOneLine("%s %s%s".formatted(approvable.fingerprint(), approvable.name(), facts.isEmpty() ? "" : " (" + facts + ")"));
    }

    private static Style style(Outcome outcome) {
        return switch (outcome) {
            case PASSED -> Style.GREEN;
            case SKIPPED -> Style.DIM;
            case WARNING -> Style.YELLOW;
            case FAILED -> Style.RED;
        };
    }

    private static Outcome worst(List<Finding> findings) {
        return findings.stream().map(Finding::outcome).max(Outcome::compareTo).orElse(Outcome.SKIPPED);
    }

    /// Prints the sum.
    void end(Outcome outcome) {
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("status", outcome.name());
            all.put("setup_tests", findings.entrySet().stream().map(entry -> fields(entry.getKey(), entry.getValue())).toList());
            terminal.out().println(Json.text(all));
            return;
        }
        Map<Outcome, Long> counts = findings.values().stream()
                .collect(Collectors.groupingBy(SetupText::worst, () -> new EnumMap<>(Outcome.class), Collectors.counting()));
        String sum = "%d tests: %d passed, %d skipped, %d with warnings, %d failed.".formatted(
                findings.size(),
                counts.getOrDefault(Outcome.PASSED, 0L),
                counts.getOrDefault(Outcome.SKIPPED, 0L),
                counts.getOrDefault(Outcome.WARNING, 0L),
                counts.getOrDefault(Outcome.FAILED, 0L));
        String verdict = outcome == Outcome.FAILED
                ? terminal.styled(Style.RED, "Not ready.") + " Do what is said above, and check again; `millrace prepare` gives all of its SQL."
                : terminal.styled(Style.GREEN, "Ready.") + " Go on with `millrace sync`.";
        terminal.out().println(sum + " " + verdict);
    }

    /// A test as the reference product's API has it, with the remedy and each finding besides.
    private static Map<String, Object> fields(SetupTest test, List<Finding> findings) {
        Outcome worst = worst(findings);
        List<Finding> telling = findings.stream().filter(finding -> finding.outcome() == worst).toList();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("title", test.title());
        fields.put("status", worst.name());
        fields.put("message", telling.stream().map(Finding::message).collect(Collectors.joining("\n")));
        fields.put("details", findings.stream().flatMap(finding -> finding.approvable().stream()).map(SetupText::fields).toList());
        fields.put("remedy", telling.stream().map(Finding::remedy).filter(remedy -> !remedy.isEmpty()).collect(Collectors.joining("\n")));
        fields.put(
                "findings",
                findings.stream()
                        .map(finding -> Map.of(
                                "status", finding.outcome().name(), "message", finding.message(), "remedy", finding.remedy()))
                        .toList());
        return fields;
    }

    private static Map<String, Object> fields(Approvable approvable) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", approvable.kind().name());
        fields.put("hash", approvable.fingerprint());
        fields.put("name", approvable.name());
        fields.putAll(approvable.facts());
        return fields;
    }
}
