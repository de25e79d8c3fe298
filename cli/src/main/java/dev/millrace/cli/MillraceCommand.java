package dev.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `millrace` itself: prints the help.
@Command(
        name = "millrace",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Keeps a copy of a PostgreSQL database in a DuckDB file, another PostgreSQL database or a lake of Apache Iceberg, and proves that the copy is right.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            PrepareCommand.class,
            CheckCommand.class,
            SyncCommand.class,
            StatusCommand.class,
            ResyncCommand.class,
            VerifyCommand.class,
            QueryCommand.class,
            ServerCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            KeysCommand.class,
            GatewayCommand.class,
            AgentsCommand.class,
            AgentCommand.class,
            CommandLine.HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done, and everything is as it should be",
            "  1:done, and there is something to look at: `verify` found a difference, `check` failed a test, a named table is not known",
            "  2:the command line or the settings cannot be used; nothing was done",
            "  3:the source, or the network on the way to it, is at fault",
            "  4:the destination is at fault; `query`: the SQL was refused",
            "  5:this machine lacks room or a right, or Millrace made a mistake",
            "130:stopped by Ctrl-C or a signal before it was done; what was promised is kept"
        },
        footerHeading = "%nBegin with%n",
        footer = {
            "  ./millrace demo                        a source, a copy and live traffic on this machine",
            "  docs/guides/first-connection.md        a connection to a database of your own"
        })
public final class MillraceCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    /// Made by picocli, which sets the field.
    @SuppressWarnings("NullAway.Init")
    public MillraceCommand() {}

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.OK.number();
    }
}
