package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.holder.TableFinding.Outcome;
import dev.millrace.worker.holder.TableFinding.RowDifference;
import dev.millrace.worker.holder.TableFinding;
import dev.millrace.worker.progress.Amounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Prints what a comparison finds, table by table, and the sum at the end.
final class FindingsText {

    private static final int ROWS_SHOWN_MAX = 20;

    private final Terminal terminal;
    private final boolean json;
    private final List<TableFinding> findings = new ArrayList<>();

    FindingsText(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    /// A table was compared, or could not be.
    void add(TableFinding finding) {
        findings.add(finding);
        if (json) {
            return;
        }
        switch (finding.outcome()) {
            case EQUAL -> terminal.out().println("%s %s: %s rows, all the same%s".formatted(
                    terminal.styled(Style.GREEN, "✓"),
                    name(finding),
                    Amounts.count(finding.sourceRows()),
                    finding.reason().isEmpty() ? "" : "; " + finding.reason()));
            case SKIPPED -> terminal.out().println(
                    "%s %s was not compared. %s".formatted(terminal.styled(Style.YELLOW, "!"), finding.table(), finding.reason()));
            case DIFFERENT -> {
                terminal.out().println("%s %s differs: %s rows at the source, %s in the copy".formatted(
                        terminal.styled(Style.RED, "✗"),
                        name(finding),
                        Amounts.count(finding.sourceRows()),
                        Amounts.count(finding.destinationRows())));
                finding.differences().stream().limit(ROWS_SHOWN_MAX).forEach(row -> terminal.out().println("    " + words(row)));
                if (finding.differences().size() > ROWS_SHOWN_MAX || !finding.complete()) {
                    terminal.out().println("    and more; --json names up to 100");
                }
            }
        }
    }

    /// The table's name, and that in the copy if it is another.
    private static String name(TableFinding finding) {
        boolean isSame = finding.nameInDestination().endsWith("_" + finding.table());
        return isSame ? finding.table() : "%s (%s in the copy)".formatted(finding.table(), finding.nameInDestination());
    }

    private static List<String> columns(RowDifference row) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < row.columns().size(); i++) {
            String here = row.columns().get(i);
            String there = row.columnsInDestination().get(i);
            columns.add(here.equals(there) ? here : "%s (%s in the copy)".formatted(here, there));
        }
        return columns;
    }

    private static String words(RowDifference row) {
        String key = "(" + String.join(", ", row.key()) + ")";
        String times = row.count() == 1 ? "" : ", %d times".formatted(row.count());
        return switch (row.kind()) {
            case "missing" -> "%s is missing from the copy%s".formatted(key, times);
            case "extra" -> "%s is in the copy only%s".formatted(key, times);
            default -> "%s differs in %s".formatted(key, String.join(", ", columns(row)));
        };
    }

    /// Whether nothing was compared.
    boolean isEmpty() {
        return findings.isEmpty();
    }

    /// Prints the sum.
    ///
    /// @param asked the tables that were asked for; empty for all
    /// @return whether everything asked for was compared and is the same
    boolean end(List<TableName> asked) {
        List<String> unknown = asked.stream()
                .map(TableName::toString)
                .filter(table -> findings.stream().noneMatch(finding -> finding.table().equals(table)))
                .toList();
        boolean proven = unknown.isEmpty() && findings.stream().allMatch(finding -> finding.outcome() == Outcome.EQUAL);
        if (json) {
            terminal.out().println(Json.text(Map.of("proven", proven, "tables", findings, "unknown", unknown)));
            return proven;
        }
        if (!unknown.isEmpty()) {
            terminal.out().println("Not among the tables of the copy: " + String.join(", ", unknown));
        }
        long rows = findings.stream().mapToLong(TableFinding::sourceRows).sum();
        terminal.out().println(
                proven
                        ? terminal.styled(Style.GREEN, "The copy is right: ")
                                + "%d tables, %s rows, compared at one moment".formatted(findings.size(), Amounts.count(rows))
                        : terminal.styled(Style.RED, "The copy is not proven right; see above.")
                                + " `millrace resync` copies a table again.");
        return proven;
    }
}
