package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.cli.terminal.TextTable;
import dev.millrace.worker.holder.StatusReport.LeftOutTable;
import dev.millrace.worker.holder.StatusReport.TableStatus;
import dev.millrace.worker.holder.StatusReport.Upstream;
import dev.millrace.worker.holder.StatusReport;
import dev.millrace.worker.progress.Amounts;
import dev.millrace.worker.progress.WidenedText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/// Prints a status for a person.
///
/// @param clock tells how long ago something was
record StatusText(Terminal terminal, InstantSource clock) {

    private static final int NAMED_MAX = 5;

    void print(StatusReport status) {
        line("Sync", status.running() ? terminal.styled(Style.GREEN, "running") : "not running");
        line("Method", method(status.updateMethod()));
        if (status.position().isEmpty()) {
            line("Copy", "nothing yet; `millrace sync` makes it");
        } else {
            line("Copy of", status.source());
            line("Position", status.position() + committed(status.committedAt()));
        }
        print(status.upstream());
        if (!status.tables().isEmpty()) {
            terminal.out().println();
            table(status.tables()).lines().forEach(terminal.out()::println);
        }
        status.widened().forEach(column ->
                terminal.out().println(WidenedText.of(column.table(), column.column(), column.values())));
        status.warnings().forEach(warning -> terminal.out().println(warning.table() + ": " + warning.warning()));
        status.leftOut().stream()
                .collect(Collectors.groupingBy(LeftOutTable::reason, LinkedHashMap::new, Collectors.toList()))
                .forEach(this::notCopied);
    }

    /// Tables that are not copied for the same reason, each with its remedy if they are few.
    private void notCopied(String reason, List<LeftOutTable> tables) {
        if (tables.size() <= NAMED_MAX) {
            tables.forEach(table -> terminal.out()
                    .println("Not copied: %s. %s %s".formatted(table.table(), reason, table.remedy()).stripTrailing()));
            return;
        }
        String names = tables.stream().limit(NAMED_MAX).map(LeftOutTable::table).collect(Collectors.joining(", "));
        String remedy = tables.getFirst().remedy();
        terminal.out().println("Not copied: %s and %s more (all with `--json`). Of each: %s%s".formatted(
                names,
                Amounts.count(tables.size() - NAMED_MAX),
                reason,
                remedy.isEmpty() ? "" : " For the first: " + remedy));
    }

    private static String method(String method) {
        return switch (method) {
            case "XMIN" -> "XMIN; rows that are deleted at the source are not seen, and stay";
            case "TELEPORT" -> "TELEPORT; rows that are deleted are found by comparing keys";
            default -> method;
        };
    }

    private String committed(String at) {
        if (at.isEmpty()) {
            return "";
        }
        Duration age = Duration.between(Instant.parse(at), clock.instant());
        return ", latest transaction of %s (%s ago)".formatted(at, Amounts.duration(age));
    }

    private void print(Upstream upstream) {
        if (!upstream.reachable()) {
            line("Source", terminal.styled(Style.YELLOW, "not reachable: ") + upstream.problem());
            return;
        }
        if (upstream.logEnd().isEmpty()) {
            line("Source", upstream.note().isEmpty() ? "answers" : "answers. " + upstream.note());
            return;
        }
        String lag = upstream.lagBytes() < 0 ? "" : ", %s behind".formatted(Amounts.bytes(upstream.lagBytes()));
        line("Source", "log ends at " + upstream.logEnd() + lag);
        String state = upstream.slotState().isEmpty() ? "" : " (%s)".formatted(upstream.slotState());
        line("Slot", upstream.slotState().equals("missing")
                ? terminal.styled(Style.RED, "missing")
                : "holds %s of WAL%s".formatted(Amounts.bytes(upstream.walHeldBytes()), state));
    }

    private void line(String head, String text) {
        terminal.out().println(terminal.styled(Style.BOLD, (head + ":" + " ".repeat(10)).substring(0, 10)) + text);
    }

    private static TextTable table(List<TableStatus> tables) {
        TextTable table = new TextTable(List.of("table", "in the copy", "mode", "state", ">rows"));
        for (TableStatus status : tables) {
            String progress = status.state().equals("copying") && status.ranges() > 0
                    ? " %d of %d ranges".formatted(status.rangesDone(), status.ranges())
                    : "";
            table.row(List.of(
                    status.table(),
                    status.published() ? status.nameInDestination() : "(not yet)",
                    status.mode(),
                    status.state() + progress,
                    Amounts.count(status.rows())));
        }
        return table;
    }
}
