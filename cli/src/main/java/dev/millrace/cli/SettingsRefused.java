package dev.millrace.cli;

import dev.millrace.worker.settings.SettingProblem;
import java.util.List;

/// The settings cannot be used; ends a command before it did anything.
final class SettingsRefused extends RuntimeException {

    private final transient List<SettingProblem> problems;

    SettingsRefused(List<SettingProblem> problems) {
        super("The settings cannot be used: " + problems.size() + " problems", null, false, false);
        this.problems = List.copyOf(problems);
    }

    /// One problem with what was typed.
    static SettingsRefused onCommandLine(String message) {
        return new SettingsRefused(List.of(new SettingProblem("command line", 0, "", message)));
    }

    /// All of them.
    List<SettingProblem> problems() {
        return problems;
    }
}
