package dev.millrace.cli;

import dev.millrace.cli.demo.DemoFolder;
import dev.millrace.cli.demo.ShopTraffic;
import dev.millrace.cli.terminal.ProgressDisplay;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.run.RunSummary;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.RetryPolicy;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.desk.SyncDesk;
import dev.millrace.worker.progress.Amounts;
import dev.millrace.worker.progress.RunPicture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The demo's sync, with customers at the source.
///
/// @param terminal where it prints
/// @param json whether for machines
/// @param folder of the demo
/// @param wiring of its connection
/// @param sync not running yet
/// @param traffic at the source
record DemoRun(Terminal terminal, boolean json, DemoFolder folder, Wiring wiring, ConnectionSync sync, ShopTraffic traffic) {

    private static final Duration COPY_LIMIT = Duration.ofMinutes(10);

    /// How the program was called, for texts that say what to type.
    static String command() {
        return System.getProperty("millrace.command", "./millrace");
    }

    /// Copies and follows until somebody stops it.
    ///
    /// @param page where a browser sees the same shop being followed
    ExitCode live(String page) {
        try (ProgressDisplay display = ProgressDisplay.start(terminal, InstantSource.system())) {
            Watch watch = new Watch(display.picture());
            display.say("Watch the shop being copied in a browser: " + page);
            watch.caughtUp.thenRun(() -> hints(page).forEach(display::say));
            RunListener listener = json ? both(new JsonEvents(terminal.out()), watch) : both(display, watch);
            sync.run(Goal.CONTINUOUS, RetryPolicy.patient(), listener, (fault, pause) -> display.say(
                    "%s Trying again in %s.".formatted(fault.description(), Amounts.duration(pause))));
        }
        farewell().forEach(terminal.err()::println);
        return ExitCode.OK;
    }

    /// Copies, follows the customers for a while, compares while they go on buying, and ends.
    ExitCode once(Duration following) {
        FindingsText findings = new FindingsText(terminal, json);
        try (ProgressDisplay display = ProgressDisplay.start(terminal, InstantSource.system())) {
            Watch watch = new Watch(display.picture());
            RunListener listener = both(display, watch);
            CompletableFuture<RunSummary> run = CompletableFuture.supplyAsync(
                    () -> sync.run(Goal.CONTINUOUS, RetryPolicy.brief(), listener, (_, _) -> {}),
                    task -> Thread.ofPlatform().name("run").start(task));
            try {
                CompletableFuture.anyOf(run, watch.caughtUp).get(COPY_LIMIT.toSeconds(), TimeUnit.SECONDS);
                display.say("Copied. Following the shop's customers for %s ...".formatted(Amounts.duration(following)));
                ended(run, following);
                display.say("Comparing source and copy while the customers go on buying ...");
                if (!run.isDone()) {
                    new SyncDesk(wiring, sync).verify(List.of(), findings::add, new StopSignal());
                }
            } catch (InterruptedException | TimeoutException | ExecutionException e) {
                throw failure(e);
            } finally {
                sync.stop();
                run.handle((_, _) -> true).join();
            }
            if (run.join().stopped() && findings.isEmpty()) {
                return ExitCode.STOPPED;
            }
        }
        boolean proven = findings.end(List.of());
        terminal.err().println("%s transactions were made meanwhile. The copy stays in %s; try: %s query %s \"SHOW ALL TABLES\"".formatted(
                Amounts.count(traffic.transactions()), folder.warehouse(), command(), folder.settings()));
        return proven ? ExitCode.OK : ExitCode.FINDING;
    }

    /// Waits for a while, or until the run ends.
    private static void ended(CompletableFuture<RunSummary> run, Duration wait) throws InterruptedException, ExecutionException {
        try {
            run.get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            // It goes on, as it should.
            return;
        }
    }

    private static RuntimeException failure(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return e.getCause() instanceof Fault fault ? fault : new CompletionException(e);
    }

    private static RunListener both(RunListener one, RunListener other) {
        return event -> {
            one.on(event);
            other.on(event);
        };
    }

    private List<String> hints(String page) {
        String call = command();
        return List.of(
                "",
                terminal.styled(Style.BOLD, "The copy is complete, and follows the shop. In a second terminal, type:"),
                "  %s query %s \"SELECT status, count(*) FROM shop_public.orders WHERE NOT _millrace_deleted GROUP BY ALL ORDER BY ALL\""
                        .formatted(call, folder.settings()),
                "  %s status %s".formatted(call, folder.settings()),
                "  %s verify %s".formatted(call, folder.settings()),
                "  %s resync %s public.orders".formatted(call, folder.settings()),
                "Or in a browser: " + page,
                "Ctrl-C stops the customers, the sync and the servers.",
                "");
    }

    private List<String> farewell() {
        String call = command();
        return List.of(
                "Stopped at a safe point, with the shop's server.",
                "The copy stays in %s, and can be read: %s query %s \"SHOW ALL TABLES\""
                        .formatted(folder.warehouse(), call, folder.settings()),
                "`verify`, `sync` and `resync` need the source: `%s demo` starts it again and goes on where it was.".formatted(call));
    }

    /// Notices when the copy is complete and has caught up for the first time.
    private static final class Watch implements RunListener {
        private final RunPicture picture;
        private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();

        Watch(RunPicture picture) {
            this.picture = picture;
        }

        @Override
        public void on(RunEvent event) {
            if (!caughtUp.isDone() && event instanceof RunEvent.LagMeasured && picture.isCopied()) {
                caughtUp.completeAsync(() -> null);
            }
        }
    }
}
