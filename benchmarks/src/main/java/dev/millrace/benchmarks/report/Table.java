package dev.millrace.benchmarks.report;

import dev.millrace.benchmarks.workload.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Findings as text: one table a part, in Markdown that can be read as it is.
public final class Table {

    private static final List<String> HEADINGS = List.of("contender", "rows", "wall s", "rows/s", "CPU s", "rows/CPU s", "server CPU s",
            "RSS MiB", "heap MiB", "wall ratio", "CPU ratio", "server CPU ratio");

    private Table() {}

    /// The whole text, with a line break at its end.
    public static String of(Findings findings) {
        StringBuilder text = new StringBuilder();
        findings.circumstances().forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
        findings.standings().forEach((part, standings) -> text.append('\n').append(of(part, standings)));
        return text.append("\nMedians, and (smallest to largest) of the rounds. Ratios are to the first line, a row, within a round.\n")
                .toString();
    }

    private static String of(Part part, List<Standing> standings) {
        long rows = standings.getFirst().rows();
        List<List<String>> lines = new ArrayList<>(List.of(HEADINGS));
        standings.forEach(each -> lines.add(line(each)));
        StringBuilder text = new StringBuilder("%s: %s %s\n\n".formatted(part.title(), whole(rows), part.unit()));
        text.append(align(lines));
        standings.stream().filter(each -> each.rows() < rows).forEach(each -> text.append(
                "\n%s: the first %s alone; at that speed, all would take %s s.\n".formatted(
                        each.title(), whole(each.rows()), one(each.wallSeconds().median() * rows / each.rows()))));
        return text.toString();
    }

    private static List<String> line(Standing standing) {
        return List.of(standing.title(), whole(standing.rows()), withRange(standing.wallSeconds(), "%.1f"),
                whole(Math.round(standing.rowsPerSecond().median())), withRange(standing.cpuSeconds(), "%.1f"),
                whole(Math.round(standing.rowsPerCpuSecond().median())), one(standing.serverCpuSeconds().median()),
                whole(Math.round(standing.residentMiB().median())), whole(Math.round(standing.heapMiB().median())),
                withRange(standing.wallRatio(), "%.2f"), withRange(standing.cpuRatio(), "%.2f"),
                withRange(standing.serverCpuRatio(), "%.2f"));
    }

    private static String align(List<List<String>> lines) {
        int[] widths = IntStream.range(0, HEADINGS.size())
                .map(column -> lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0)).toArray();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            append(text, lines.get(i), widths);
            if (i == 0) {
                for (int column = 0; column < widths.length; column++) {
                    text.append(column == 0 ? "| " : " | ").append("-".repeat(widths[column] - 1)).append(column == 0 ? "-" : ":");
                }
                text.append(" |\n");
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> line, int[] widths) {
        for (int column = 0; column < widths.length; column++) {
            String cell = line.get(column);
            String blanks = " ".repeat(widths[column] - cell.length());
            text.append(column == 0 ? "| " + cell + blanks : " | " + blanks + cell);
        }
        text.append(" |\n");
    }

    private static String withRange(Spread spread, String format) {
        String range = format + " (" + format + " to " + format + ")";
        return String.format(Locale.ROOT, range, spread.median(), spread.min(), spread.max());
    }

    private static String one(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    private static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
