package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind.Retry;
import java.io.PrintWriter;
import java.io.StringWriter;
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
        return Map.of(
                "kind", fault.kind().name(),
                "owner", fault.kind().owner().name().toLowerCase(Locale.ROOT),
                "retry", fault.kind().retry().name().toLowerCase(Locale.ROOT),
                "subject", fault.subject(),
                "description", fault.description(),
                "remedy", fault.remedy());
    }
}
