package dev.millrace.cli;

import dev.millrace.core.fault.Fault;

/// What a command tells the shell. The numbers are a promise: `docs/reference/exit-codes.md` lists them.
public enum ExitCode {
    /// Done, and everything is as it should be.
    OK(0, "done, and everything is as it should be"),
    /// Done, and there is something to look at.
    FINDING(1, "done, and there is something to look at: `verify` found a difference, `check` failed a test, a named table is not known"),
    /// The command line or the settings cannot be used.
    USAGE(2, "the command line or the settings cannot be used; nothing was done"),
    /// The source, or the way to it, is at fault.
    SOURCE(3, "the source, or the network on the way to it, is at fault"),
    /// The destination is at fault.
    DESTINATION(4, "the destination is at fault; `query`: the SQL was refused"),
    /// A mistake of Millrace's own, or no room on this machine.
    OURS(5, "this machine lacks room or a right, or Millrace made a mistake"),
    /// Stopped before it was done.
    STOPPED(130, "stopped by Ctrl-C or a signal before it was done; what was promised is kept");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /// What the shell sees.
    public int number() {
        return number;
    }

    /// One line for help and reference.
    public String meaning() {
        return meaning;
    }

    /// The code of a command that a fault has ended.
    static ExitCode of(Fault fault) {
        return switch (fault.kind().owner()) {
            case SOURCE, NETWORK -> SOURCE;
            case DESTINATION -> DESTINATION;
            case SETTINGS -> USAGE;
            case OURS -> OURS;
        };
    }
}
