package dev.millrace.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in columns, headed and aligned; numbers to the right.
public final class TextTable {

    private static final int WIDEST = 60;

    private final List<String> heads;
    private final boolean[] right;
    private final List<List<String>> rows = new ArrayList<>();

    /// A table without rows. A head that begins with `>` makes its column align right.
    public TextTable(List<String> heads) {
        this.heads = heads.stream().map(head -> head.startsWith(">") ? head.substring(1) : head).toList();
        this.right = new boolean[heads.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = heads.get(i).startsWith(">");
        }
    }

    /// Adds a row, which has as many cells as there are heads. Longer cells are cut; line breaks are shown as `↵`.
    public TextTable row(List<String> cells) {
        if (cells.size() != right.length) {
            throw new IllegalArgumentException("Invalid row: %d cells (must be %d)".formatted(cells.size(), right.length));
        }
        rows.add(cells.stream().map(TextTable::fit).toList());
        return this;
    }

    private static String fit(String cell) {
        String line = cell.replace("\r", "").replace('\n', '↵').replace('\t', ' ');
        return line.codePointCount(0, line.length()) <= WIDEST
                ? line
                : line.substring(0, line.offsetByCodePoints(0, WIDEST - 1)) + "…";
    }

    /// The lines: heads, a rule, and the rows.
    public List<String> lines() {
        int[] widths = new int[right.length];
        List<List<String>> all = new ArrayList<>(rows);
        all.addFirst(heads);
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(heads, widths));
        StringBuilder rule = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            rule.append(i == 0 ? "" : "  ").repeat("─", widths[i]);
        }
        lines.add(rule.toString());
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(i == 0 ? "" : "  ");
            int blanks = widths[i] - length(cells.get(i));
            line.append(right[i] ? " ".repeat(blanks) + cells.get(i) : cells.get(i) + " ".repeat(blanks));
        }
        return line.toString().stripTrailing();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
