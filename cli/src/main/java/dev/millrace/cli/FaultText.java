package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind.Retry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Prints a fault in its three parts: what is so, what follows, what to do.
final class FaultText {

    private FaultText() {}

    /// The fault for a person; or one JSON object with the field `fault`. The stack trace is printed only if it is asked for.
    static void print(Fault fault, Terminal terminal, boolean json, boolean verbose) {
        if (json) {
            terminal.out().println(Json.text(Map.of("fault", fields(fault))));
        } else {
            terminal.err().println(terminal.styled(Style.RED, fault.kind().name()) + ": " + fault.description());
            if (!fault.remedy().isEmpty()) {
                terminal.err().println(terminal.styled(Style.BOLD, "What to do: ") + fault.remedy());
            }
            if (fault.kind().retry() == Retry.SOON) {
                terminal.err().println("This may pass by itself; the same command may well work in a moment.");
            }
        }
        if (verbose) {
            StringWriter trace = new StringWriter();
            fault.printStackTrace(new PrintWriter(trace));
            terminal.err().println(trace);
        }
    }

    /// The fault's fields as they stand in JSON.
    static Map<String, Object> fields(Fault fault) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", fault.kind().name());
        fields.put("owner", fault.kind().owner().name().toLowerCase(Locale.ROOT));
        fields.put("retry", fault.kind().retry().name().toLowerCase(Locale.ROOT));
        fields.put("subject", fault.subject());
        fields.put("description", fault.description());
        fields.put("remedy", fault.remedy());
        fault.span().ifPresent(span -> {
            fields.put("log_after", span.after().toString());
            span.through().ifPresent(through -> fields.put("log_through", through.toString()));
        });
        return fields;
    }
}
