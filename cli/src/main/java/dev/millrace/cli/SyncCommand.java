package dev.millrace.cli;

import dev.millrace.cli.terminal.Interrupts;
import dev.millrace.cli.terminal.ProgressDisplay;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.run.RunSummary;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.RetryPolicy;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.progress.Amounts;
import dev.millrace.worker.progress.WidenedText;
import dev.millrace.worker.settings.SyncFrequency;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace sync`: one run.
@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        description = "Copies what is missing, follows changes up to now, and ends; or goes on until it is stopped. "
                + "It can be stopped or killed at any moment and takes up where it was.")
final class SyncCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The settings file.")
    private @Nullable Path file;

    @Option(
            names = "--continuous",
            description = "Go on until Ctrl-C, and try again after faults that pass. The default with `sync_frequency: continuous`.")
    private boolean continuous;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public SyncCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (Wiring wiring = connection.wiring(file, program, output.json()); HeldSync held = HeldSync.open(wiring)) {
            Goal goal = continuous || wiring.settings().frequency() instanceof SyncFrequency.Continuous ? Goal.CONTINUOUS : Goal.UP_TO_NOW;
            Interrupts.then(held.sync()::stop);
            RunSummary summary = output.json() ? runForMachine(held.sync(), goal) : runForPerson(held.sync(), goal);
            return (summary.stopped() && goal == Goal.UP_TO_NOW ? ExitCode.STOPPED : ExitCode.OK).number();
        }
    }

    private RunSummary runForMachine(ConnectionSync sync, Goal goal) {
        JsonEvents events = new JsonEvents(program.terminal().out());
        RunSummary summary = run(sync, goal, events, (fault, pause) -> events.print(
                Map.of("event", "pausing", "fault", FaultText.fields(fault), "milliseconds", pause.toMillis())));
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("event", "ended");
        end.put("position", summary.position().toString());
        end.put("rows_copied", summary.rowsCopied());
        end.put("tables_published", summary.tablesPublished());
        end.put("changes", summary.changes());
        end.put("tables_left_out", summary.leftOut().size());
        end.put("columns_widened", summary.widened().stream()
                .map(column -> Map.of("table", column.table().toString(), "column", column.column(), "values", column.values()))
                .toList());
        end.put("stopped", summary.stopped());
        events.print(end);
        return summary;
    }

    private RunSummary runForPerson(ConnectionSync sync, Goal goal) {
        Terminal terminal = program.terminal();
        RunSummary summary;
        try (ProgressDisplay display = ProgressDisplay.start(terminal, InstantSource.system())) {
            summary = run(sync, goal, display, (fault, pause) -> display.say("%s Trying again in %s."
                    .formatted(fault.description(), Amounts.duration(pause))));
        }
        terminal.out().println("%s: %s rows copied, %d tables published, %s changes followed; the copy stands at %s.".formatted(
                summary.stopped() ? "Stopped" : "Up to date",
                Amounts.count(summary.rowsCopied()),
                summary.tablesPublished(),
                Amounts.count(summary.changes()),
                summary.position()));
        summary.widened().forEach(column -> terminal.out().println(WidenedText.of(column.table().toString(), column.column(), column.values())));
        return summary;
    }

    private static RunSummary run(
            ConnectionSync sync, Goal goal, RunListener listener, ConnectionSync.PauseListener pauses) {
        RetryPolicy retries = goal == Goal.CONTINUOUS ? RetryPolicy.patient() : RetryPolicy.brief();
        return sync.run(goal, retries, listener, pauses);
    }
}
