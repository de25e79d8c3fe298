package dev.millrace.cli;

import dev.millrace.core.shape.TableName;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.Desks;
import dev.millrace.worker.holder.ResyncReport;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace resync`: asks for new copies.
@Command(
        name = "resync",
        mixinStandardHelpOptions = true,
        description = "Asks for a new copy of tables: begun at once if a sync goes on, by the next one otherwise. "
                + "What is published stays readable until the new copy takes its place.")
final class ResyncCommand implements Callable<Integer> {

    private final Program program;

    @Mixin
    private final NamedTables named = new NamedTables();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ResyncCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        List<TableName> tables = named.tables();
        AtomicBoolean unknown = new AtomicBoolean();
        try (Wiring wiring = named.wiring(program, output.json())) {
            Desks.ask(wiring, _ -> {}, desk -> {
                ResyncReport report = desk.resync(tables);
                unknown.set(!report.unknown().isEmpty());
                print(report);
            });
        }
        return (unknown.get() ? ExitCode.FINDING : ExitCode.OK).number();
    }

    private void print(ResyncReport report) {
        if (output.json()) {
            program.terminal().out().println(Json.text(report));
        } else if (!report.unknown().isEmpty()) {
            program.terminal().err().println("Nothing was asked for, since these are not among the tables of the copy: "
                    + String.join(", ", report.unknown()) + ". `millrace status` names them all.");
        } else {
            program.terminal().out().println("%s: %s".formatted(
                    report.running() ? "Being copied again" : "Will be copied again by the next sync",
                    String.join(", ", report.requested())));
        }
    }
}
