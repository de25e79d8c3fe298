package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.fault.Fault;
import dev.millrace.source.prepare.Act;
import dev.millrace.source.prepare.Preparation;
import dev.millrace.source.prepare.ProviderSide;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Prints what is to be done at a source as a script for psql; what is to be done elsewhere stands in it as a comment.
///
/// @param terminal where
/// @param json whether for a machine
record PreparationText(Terminal terminal, boolean json) {

    /// Everything.
    ///
    /// @param looked whether the source was looked at, so that only what is missing stands here
    void print(Preparation preparation, ProviderSide provider, boolean looked) {
        print(preparation, provider, looked, Optional.empty());
    }

    /// Everything, where nobody was able to look.
    ///
    /// @param hindrance what stood in the way; not that the login is not let in
    void print(Preparation preparation, ProviderSide provider, Fault hindrance) {
        print(preparation, provider, false, Optional.of(hindrance));
    }

    private void print(Preparation preparation, ProviderSide provider, boolean looked, Optional<Fault> hindrance) {
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("looked", looked);
            hindrance.ifPresent(fault -> fields.put("hindrance", fault.description()));
            fields.put("steps", preparation.steps().stream().map(PreparationText::fields).toList());
            fields.put("notes", preparation.notes());
            provider.commands().ifPresent(commands -> fields.put("provider", commands));
            terminal.out().println(Json.text(fields));
            return;
        }
        terminal.out().println(header(looked, hindrance));
        if (preparation.steps().isEmpty()) {
            terminal.out().println("-- Nothing is missing.");
        }
        statements(preparation, terminal.out());
        notes(preparation, terminal.out());
        provider.commands().ifPresent(commands -> {
            terminal.out().println("\n/* At the provider, in a shell, where it is not so already:\n");
            terminal.out().println(commands.strip());
            terminal.out().println("*/");
        });
        terminal.out().println("\n-- Then: ./millrace check");
    }

    private static String header(boolean looked, Optional<Fault> hindrance) {
        if (looked) {
            return "-- What the source lacks, for an administrator connected to its database.";
        }
        String needs = "-- What the source needs, for an administrator connected to its database. ";
        // On one line, so that nothing of what a server said is a statement.
        return needs
                + hindrance
                        .map(fault -> "Nobody could look at what is there already:\n-- "
                                + "%s %s".formatted(fault.description(), fault.remedy()).replaceAll("\\R|\\p{Cntrl}", " "))
                        .orElse("The login of the settings was not let in, so nobody\n-- could look at what is there already; `--admin-user USER` looks.");
    }

    /// The statements.
    void statements(Preparation preparation, PrintStream to) {
        if (preparation.steps().stream().flatMap(step -> step.acts().stream()).anyMatch(PreparationText::needsPassword)) {
            to.println("\n-- In psql, say once what `source.password` stands for:\n-- \\set millrace_password 'THE PASSWORD'");
        }
        for (Preparation.Step step : preparation.steps()) {
            to.println("\n-- " + step.title());
            step.acts().forEach(act -> to.println(act.shown()));
        }
    }

    private static boolean needsPassword(Act act) {
        return act.shown().contains(Act.PASSWORD);
    }

    /// The notes.
    void notes(Preparation preparation, PrintStream to) {
        if (!preparation.notes().isEmpty()) {
            to.println();
            // Names may hold line breaks; whatever stands behind one would be a statement.
            preparation.notes().forEach(note -> to.println("-- Note: " + note.replaceAll("\\R|\\p{Cntrl}", " ")));
        }
    }

    private static Map<String, Object> fields(Preparation.Step step) {
        List<Map<String, Object>> acts = step.acts().stream()
                .map(act -> Map.<String, Object>of("sql", act.shown(), "by_hand", act instanceof Act.ByHand))
                .toList();
        return Map.of("title", step.title(), "acts", acts);
    }
}
