package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.worker.settings.SettingProblem;
import java.util.List;
import java.util.Map;

/// Prints what is wrong with settings.
final class SettingsText {

    private SettingsText() {}

    /// All problems, a line each; or one JSON object with the list `problems`.
    static void print(List<SettingProblem> problems, Terminal terminal, boolean json) {
        if (json) {
            List<Map<String, Object>> list = problems.stream()
                    .map(problem -> Map.<String, Object>of(
                            "where", problem.where(),
                            "line", problem.line(),
                            "setting", problem.setting(),
                            "message", problem.message()))
                    .toList();
            terminal.out().println(Json.text(Map.of("problems", list)));
            return;
        }
        String head = problems.size() == 1 ? "The settings have a problem:" : "The settings have " + problems.size() + " problems:";
        terminal.err().println(terminal.styled(Style.RED, head));
        problems.forEach(problem -> terminal.err().println("  " + problem));
    }

    /// Warnings, a line each; nothing if there are none.
    static void warn(List<SettingProblem> warnings, Terminal terminal) {
        warnings.forEach(warning -> terminal.err().println(terminal.styled(Style.YELLOW, "Warning: ") + warning));
    }
}
