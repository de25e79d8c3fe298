package dev.millrace.cli.terminal;

import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.worker.progress.Amounts;
import dev.millrace.worker.progress.EventText;
import dev.millrace.worker.progress.RunPicture.Following;
import dev.millrace.worker.progress.RunPicture;
import dev.millrace.worker.progress.TablePicture.Stage;
import dev.millrace.worker.progress.TablePicture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Shows a run while it goes on: on a terminal a block of lines that is redrawn five times a second, elsewhere a line for what is
/// worth one and a line of numbers every ten seconds.
///
/// Events may come from any thread. Whoever prints something else meanwhile does so by [#say], so that the two do not mix.
public final class ProgressDisplay implements RunListener, AutoCloseable {

    private static final int TABLES_SHOWN_MAX = 12;
    private static final int BAR = 20;
    private static final long REDRAW_MILLIS = 200;
    private static final long PLAIN_MILLIS = 10_000;
    private static final String UP = "\u001b[%dF";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final int LEFT_OUT_SHOWN_MAX = 20;

    private final Terminal terminal;
    private final InstantSource clock;
    private final RunPicture picture = new RunPicture(System::nanoTime);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("progress").daemon().unstarted(task));
    private int drawn;
    private long linesOfLeftOut;
    private String lastNumbers = "";

    private ProgressDisplay(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    /// Begins to show.
    public static ProgressDisplay start(Terminal terminal, InstantSource clock) {
        ProgressDisplay display = new ProgressDisplay(terminal, clock);
        long period = terminal.live() ? REDRAW_MILLIS : PLAIN_MILLIS;
        display.timer.scheduleAtFixedRate(display::tick, period, period, TimeUnit.MILLISECONDS);
        return display;
    }

    /// What is shown, for whoever wants to know how far the run is.
    public RunPicture picture() {
        return picture;
    }

    @Override
    public void on(RunEvent event) {
        picture.on(event);
        boolean worthALine = !terminal.live() || EventText.warns(event);
        if (worthALine && !(event instanceof RunEvent.TableLeftOut && tooManyLeftOut())) {
            EventText.of(event).ifPresent(line -> say(EventText.warns(event) ? terminal.styled(Style.YELLOW, "! ") + line : line));
        }
    }

    private synchronized boolean tooManyLeftOut() {
        linesOfLeftOut++;
        if (linesOfLeftOut == LEFT_OUT_SHOWN_MAX + 1) {
            say("More tables are not copied; `status` names them all.");
        }
        return linesOfLeftOut > LEFT_OUT_SHOWN_MAX;
    }

    /// Prints a line above what is drawn.
    public synchronized void say(String line) {
        erase();
        terminal.err().println(line);
        if (terminal.live()) {
            draw();
        }
    }

    /// Draws a last time and stops; what is drawn stays on the screen.
    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (this) {
            if (terminal.live()) {
                erase();
                draw();
                drawn = 0;
            }
        }
    }

    private synchronized void tick() {
        if (terminal.live()) {
            erase();
            draw();
            return;
        }
        String numbers = String.join("; ", numbers(picture.tables(), picture.following()));
        if (!numbers.equals(lastNumbers) && !numbers.isEmpty()) {
            terminal.err().println(numbers);
            lastNumbers = numbers;
        }
    }

    private void erase() {
        if (drawn > 0) {
            terminal.err().print(UP.formatted(drawn) + CLEAR_BELOW);
            drawn = 0;
        }
    }

    private void draw() {
        List<TablePicture> tables = picture.tables();
        List<String> lines = new ArrayList<>();
        long done = tables.stream().filter(table -> table.stage() == Stage.PUBLISHED).count();
        boolean allDone = done == tables.size();
        List<TablePicture> shown = tables.size() <= TABLES_SHOWN_MAX
                ? tables
                : tables.stream().filter(table -> table.stage() != Stage.PUBLISHED).limit(TABLES_SHOWN_MAX).toList();
        int width = shown.stream().mapToInt(table -> table.table().toString().length()).max().orElse(0);
        shown.forEach(table -> lines.add(bar(table, Math.min(width, 40))));
        if (shown.size() < tables.size()) {
            lines.add("%d of %d tables are done".formatted(done, tables.size()));
        }
        if (allDone || picture.following().changes() > 0) {
            lines.add(followingLine(picture.following()));
        }
        lines.forEach(line -> terminal.err().println(cut(line)));
        drawn = lines.size();
    }

    private String cut(String line) {
        boolean fits = terminal.coloured() || line.length() < terminal.columns();
        return fits ? line : line.substring(0, terminal.columns() - 1);
    }

    private String bar(TablePicture table, int width) {
        int full = (int) Math.round(table.share() * BAR);
        String name = table.table().toString();
        String fitted = name.length() <= width ? name : "…" + name.substring(name.length() - width + 1);
        return "%s %s %10s rows %9s %s".formatted(
                        fitted + " ".repeat(width - fitted.length()),
                        terminal.styled(Style.GREEN, "█".repeat(full)) + terminal.styled(Style.DIM, "░".repeat(BAR - full)),
                        Amounts.count(table.rows()),
                        Amounts.bytes(table.bytes()),
                        pace(table))
                .stripTrailing();
    }

    private static String pace(TablePicture table) {
        return switch (table.stage()) {
            case COPYING -> table.left().isZero()
                    ? Amounts.count(table.rowsPerSecond()) + " rows/s"
                    : "%s rows/s, %s left".formatted(Amounts.count(table.rowsPerSecond()), Amounts.duration(table.left()));
            case CATCHING_UP -> "catching up";
            case PUBLISHED -> "done in " + Amounts.duration(table.took());
        };
    }

    private String followingLine(Following following) {
        String age = following.committedAt()
                .map(at -> ", latest commit %s ago".formatted(Amounts.duration(Duration.between(at, clock.instant()))))
                .orElse("");
        String lag = following.lagBytes() < 0 ? "" : ", %s of log behind".formatted(Amounts.bytes(following.lagBytes()));
        return terminal.styled(Style.BOLD, "Following: ")
                + "%s transactions, %s changes, %s changes/s%s%s".formatted(
                        Amounts.count(following.transactions()),
                        Amounts.count(following.changes()),
                        Amounts.count(following.changesPerSecond()),
                        lag,
                        age);
    }

    private static List<String> numbers(List<TablePicture> tables, Following following) {
        List<String> numbers = new ArrayList<>();
        tables.stream().filter(table -> table.stage() == Stage.COPYING).limit(TABLES_SHOWN_MAX).forEach(table -> numbers.add(
                "%s: %d %%, %s rows, %s".formatted(
                        table.table(), Math.round(table.share() * 100), Amounts.count(table.rows()), pace(table))));
        if (following.changes() > 0) {
            numbers.add("following: %s changes, %s changes/s%s".formatted(
                    Amounts.count(following.changes()),
                    Amounts.count(following.changesPerSecond()),
                    following.lagBytes() < 0 ? "" : ", %s of log behind".formatted(Amounts.bytes(following.lagBytes()))));
        }
        return numbers;
    }
}
