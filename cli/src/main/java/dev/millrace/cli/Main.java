package dev.millrace.cli;

import dev.millrace.cli.terminal.Person;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.worker.settings.Environment;

/// The program.
public final class Main {

    private Main() {}

    /// Carries one command out and ends the JVM with its exit code.
    public static void main(String[] args) {
        Program program = new Program(Terminal.ofProcess(), Environment.ofProcess(), Person.atConsole());
        System.exit(program.run(args));
    }
}
