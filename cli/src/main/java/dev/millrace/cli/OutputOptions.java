package dev.millrace.cli;

import picocli.CommandLine.Option;

/// How a command prints; every command has these.
public final class OutputOptions {

    @Option(names = "--json", description = "Print JSON for machines: results on standard output, one object or one object a line.")
    private boolean json;

    @Option(names = "--verbose", description = "Print stack traces of faults.")
    private boolean verbose;

    /// Whether JSON is wanted.
    boolean json() {
        return json;
    }

    /// Whether stack traces are wanted.
    boolean verbose() {
        return verbose;
    }
}
