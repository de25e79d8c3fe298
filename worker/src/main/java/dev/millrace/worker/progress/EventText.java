package dev.millrace.worker.progress;

import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.shape.ColumnChange;
import java.util.Optional;
import java.util.stream.Collectors;

/// Says in one line what a person should hear of an event even where nothing is drawn.
public final class EventText {

    private EventText() {}

    /// The line; empty for events that are only counted.
    public static Optional<String> of(RunEvent event) {
        return switch (event) {
            case RunEvent.TableLeftOut left -> Optional.of(
                    "%s is not copied. %s %s".formatted(left.table(), left.reason(), left.remedy()).stripTrailing());
            case RunEvent.TableWarned warned -> Optional.of(warned.table() + ": " + warned.warning());
            case RunEvent.ColumnWidened(WidenedColumn widened) ->
                Optional.of(WidenedText.of(widened.table().toString(), widened.column(), widened.values()));
            case RunEvent.CopyStarted started -> Optional.of(started.table() + ": copying" + size(started));
            case RunEvent.CopyBegunAnew anew -> Optional.of("%s: its copy begins anew. %s".formatted(anew.table(), anew.reason()));
            case RunEvent.AllBegunAnew anew -> Optional.of(
                    "Every table is copied anew; what is there stays to be seen until then. " + anew.reason());
            case RunEvent.TableCopied copied -> Optional.of(copied.table() + ": copied, catching up");
            case RunEvent.TablePublished published -> Optional.of(
                    "%s: published with %s rows".formatted(published.table(), Amounts.count(published.rows())));
            case RunEvent.TableConverted turned -> Optional.of(
                    "%s: turned from %s mode to %s mode".formatted(turned.table(), turned.from(), turned.to()));
            case RunEvent.TableAltered altered -> Optional.of(
                    "%s: %s".formatted(altered.table(), altered.changes().stream().map(EventText::of).collect(Collectors.joining(", "))));
            case RunEvent.TableForgotten gone -> Optional.of("%s is no longer followed. %s".formatted(gone.table(), gone.reason()));
            case RunEvent.CopyProgressed _, RunEvent.RangeLoaded _, RunEvent.BatchWritten _, RunEvent.LagMeasured _ -> Optional.empty();
        };
    }

    private static String of(ColumnChange change) {
        return switch (change.kind()) {
            case ADDED -> "column %s is new".formatted(change.column());
            case DROPPED -> "column %s is gone at the source, and stays".formatted(change.column());
            case RENAMED -> "column %s is called %s now".formatted(change.was(), change.column());
            case RETYPED -> "column %s has another type".formatted(change.column());
        };
    }

    private static String size(RunEvent.CopyStarted started) {
        if (started.estimatedRows() < 0) {
            return ", " + Amounts.bytes(started.blocks() * 8_192);
        }
        return ", about %s rows, %s".formatted(Amounts.count(started.estimatedRows()), Amounts.bytes(started.blocks() * 8_192));
    }

    /// Whether the line warns.
    public static boolean warns(RunEvent event) {
        return event instanceof RunEvent.TableLeftOut
                || event instanceof RunEvent.TableWarned
                || event instanceof RunEvent.ColumnWidened
                || event instanceof RunEvent.CopyBegunAnew
                || event instanceof RunEvent.TableForgotten;
    }
}
