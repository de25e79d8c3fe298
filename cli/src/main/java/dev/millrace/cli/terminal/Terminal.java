package dev.millrace.cli.terminal;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command prints: results to `out`, everything else (progress, warnings, faults) to `err`.
///
/// @param out for results; what a pipe gets
/// @param err for everything else
/// @param live whether `err` can be redrawn: it is a terminal that understands ANSI sequences
/// @param coloured whether colours are wanted: a live terminal, and `NO_COLOR` is not set
/// @param columns the width to draw in
public record Terminal(PrintStream out, PrintStream err, boolean live, boolean coloured, int columns) {

    private static final int DEFAULT_COLUMNS = 100;

    /// This process's own.
    public static Terminal ofProcess() {
        boolean live = isTerminal() && !"dumb".equals(System.getenv("TERM"));
        String noColour = System.getenv("NO_COLOR");
        return new Terminal(
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                live,
                live && (noColour == null || noColour.isEmpty()),
                width());
    }

    /// One that only keeps text, for tests and for output that nobody watches.
    public static Terminal plain(PrintStream out, PrintStream err) {
        return new Terminal(out, err, false, false, DEFAULT_COLUMNS);
    }

    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private static int width() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : DEFAULT_COLUMNS;
    }

    /// The text in a style, where colours are wanted.
    public String styled(Style style, String text) {
        return coloured && !text.isEmpty() ? style.begin() + text + Style.END : text;
    }

    /// The few ways in which text stands out.
    public enum Style {
        BOLD("\u001b[1m"),
        DIM("\u001b[2m"),
        GREEN("\u001b[32m"),
        YELLOW("\u001b[33m"),
        RED("\u001b[31m");

        static final String END = "\u001b[0m";

        private final String begin;

        Style(String begin) {
            this.begin = begin;
        }

        String begin() {
            return begin;
        }
    }
}
