package dev.millrace.cli;

import dev.millrace.cli.terminal.Person;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.Nearest;
import dev.millrace.localpostgres.LocalPostgresException;
import dev.millrace.worker.settings.Environment;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/// One start of the program: its terminal, its environment, and how a failure becomes text and an exit code.
///
/// @param terminal where it prints
/// @param environment the variables that settings may refer to
/// @param person who answers questions
public record Program(Terminal terminal, Environment environment, Person person) {

    /// One at which nobody sits.
    public Program(Terminal terminal, Environment environment) {
        this(terminal, environment, Person.nobody());
    }

    /// Carries a command line out.
    ///
    /// @return the exit code
    public int run(String... args) {
        return commandLine().execute(args);
    }

    /// The commands, ready to be carried out.
    CommandLine commandLine() {
        CommandLine line = new CommandLine(MillraceCommand.class, new WithProgram(this));
        return line.setParameterExceptionHandler(unknownCommandsBefore(line.getParameterExceptionHandler()))
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.coloured() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(terminal.columns(), 80, 110))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(failures());
    }

    /// Answers a word that is no command with the one that was probably meant; the rest is the business of `others`.
    private IParameterExceptionHandler unknownCommandsBefore(IParameterExceptionHandler others) {
        return (failure, args) -> {
            CommandLine line = failure.getCommandLine();
            if (line.getParent() == null && failure instanceof UnmatchedArgumentException unmatched) {
                String word = unmatched.getUnmatched().getFirst();
                line.getErr().printf("There is no command `%s`.%s `millrace --help` lists them.%n",
                        word, Nearest.hint(word, line.getSubcommands().keySet()));
                return ExitCode.USAGE.number();
            }
            return others.handleParseException(failure, args);
        };
    }

    private IExecutionExceptionHandler failures() {
        return (failure, line, _) -> {
            boolean json = given(line, "--json");
            if (failure instanceof SettingsRefused refused) {
                SettingsText.print(refused.problems(), terminal, json);
                return ExitCode.USAGE.number();
            }
            Fault fault = asFault(failure);
            FaultText.print(fault, terminal, json, given(line, "--verbose"));
            return ExitCode.of(fault).number();
        };
    }

    private static boolean given(CommandLine line, String option) {
        CommandLine.ParseResult result = line.getParseResult();
        return result != null && result.hasMatchedOption(option);
    }

    private static Fault asFault(Throwable failure) {
        return switch (failure) {
            case Fault fault -> fault;
            case LocalPostgresException local -> new Fault(
                    FaultKind.SPOOL_UNUSABLE, "local server", String.valueOf(local.getMessage()), "", local);
            default -> new Fault(
                    FaultKind.OUR_BUG,
                    "millrace",
                    "Millrace made a mistake (%s) and stopped. What the destination holds is as it was promised."
                            .formatted(failure.getClass().getSimpleName()),
                    "Run the command again with --verbose and report what it prints.",
                    failure);
        };
    }

    /// Makes commands, handing the program to those that ask for it.
    private record WithProgram(Program program) implements IFactory {

        @Override
        public <K> K create(Class<K> kind) throws Exception {
            try {
                return kind.getConstructor(Program.class).newInstance(program);
            } catch (NoSuchMethodException _) {
                return CommandLine.defaultFactory().create(kind);
            }
        }
    }
}
