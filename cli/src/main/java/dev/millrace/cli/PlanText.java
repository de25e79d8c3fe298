package dev.millrace.cli;

import dev.millrace.server.plan.Plan;
import dev.millrace.server.plan.Step;
import dev.millrace.server.plan.Step.Change;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Prints plans.
///
/// @param out where
/// @param json whether for machines
record PlanText(PrintStream out, boolean json) {

    /// What would be done.
    void print(Plan plan) {
        if (json) {
            out.println(Json.text(Map.of("steps", plan.steps().stream().map(PlanText::fields).toList())));
            return;
        }
        plan.steps().forEach(this::print);
        out.println(plan.steps().isEmpty() ? "The server is as the folder says." : "%d to do; `millrace apply` does it.".formatted(plan.steps().size()));
    }

    private void print(Step step) {
        out.println("%s %s".formatted(sign(step.kind()), step.what()));
        for (Change change : step.changes()) {
            out.println(change.from().isEmpty()
                    ? "    %s: %s".formatted(change.field(), change.to())
                    : "    %s: %s -> %s".formatted(change.field(), change.from(), change.to().isEmpty() ? "(nothing)" : change.to()));
        }
    }

    private static String sign(Step.Kind kind) {
        return switch (kind) {
            case MAKE -> "+";
            case CHANGE -> "~";
            case REMOVE -> "-";
        };
    }

    /// That a step was done.
    void done(Step step) {
        if (json) {
            out.println(Json.text(fields(step)));
        } else {
            print(step);
        }
    }

    /// That all of them were.
    void end(Plan plan) {
        if (!json) {
            out.println(plan.steps().isEmpty() ? "There was nothing to do." : "Done: %d.".formatted(plan.steps().size()));
        }
    }

    private static Map<String, Object> fields(Step step) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("action", step.kind().name().toLowerCase(Locale.ROOT));
        fields.put("what", step.what());
        List<Map<String, String>> changes =
                step.changes().stream().map(change -> Map.of("field", change.field(), "from", change.from(), "to", change.to())).toList();
        fields.put("changes", changes);
        return fields;
    }
}
