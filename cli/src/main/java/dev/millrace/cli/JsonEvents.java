package dev.millrace.cli;

import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.worker.progress.EventText;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// Prints each event of a run as a line of JSON: `{"event": "table_published", "table": "public.orders", ...}`. Safe for several
/// threads.
///
/// @param out where the lines go
record JsonEvents(PrintStream out) implements RunListener {

    @Override
    public void on(RunEvent event) {
        Map<String, Object> line =
                switch (event) {
                    case RunEvent.TableLeftOut left ->
                        line("table_left_out", "table", left.table(), "reason", left.reason(), "remedy", left.remedy());
                    case RunEvent.TableWarned warned -> line("table_warned", "table", warned.table(), "warning", warned.warning());
                    case RunEvent.CopyStarted started -> line(
                            "copy_started", "table", started.table(), "estimated_rows", started.estimatedRows(),
                            "blocks", started.blocks(), "blocks_done", started.blocksDone(), "rows_done", started.rowsDone());
                    case RunEvent.CopyProgressed progressed -> line(
                            "copy_progressed", "table", progressed.table(), "rows", progressed.rows(), "bytes", progressed.bytes());
                    case RunEvent.RangeLoaded loaded -> line(
                            "range_loaded", "table", loaded.table(), "range", loaded.range(), "blocks", loaded.blocks(),
                            "rows", loaded.rows());
                    case RunEvent.CopyBegunAnew anew -> line("copy_begun_anew", "table", anew.table(), "reason", anew.reason());
                    case RunEvent.AllBegunAnew anew -> line("all_begun_anew", "reason", anew.reason());
                    case RunEvent.TableCopied copied -> line("table_copied", "table", copied.table());
                    case RunEvent.TablePublished published -> line(
                            "table_published", "table", published.table(), "rows", published.rows(),
                            "position", published.position());
                    case RunEvent.TableConverted turned ->
                        line("table_converted", "table", turned.table(), "from", turned.from(), "to", turned.to());
                    case RunEvent.TableAltered altered -> line(
                            "table_altered", "table", altered.table(), "text", EventText.of(altered).orElse(""));
                    case RunEvent.TableForgotten gone -> line("table_forgotten", "table", gone.table(), "reason", gone.reason());
                    case RunEvent.ColumnWidened(WidenedColumn widened) -> line(
                            "column_widened", "table", widened.table(), "column", widened.column(), "values", widened.values());
                    case RunEvent.BatchWritten batch -> line(
                            "batch_written", "position", batch.through(),
                            "committed_at", batch.committedAt().map(Object::toString).orElse(""),
                            "transactions", batch.transactions(), "changes", batch.changes(), "bytes", batch.bytes(),
                            "milliseconds", batch.took().toMillis());
                    case RunEvent.LagMeasured lag -> line(
                            "lag_measured", "position", lag.destination(), "log_end", lag.end(), "bytes", lag.bytes());
                };
        print(line);
    }

    /// Prints any line.
    void print(Map<String, Object> line) {
        String text = Json.text(line);
        synchronized (out) {
            out.println(text);
        }
    }

    /// A line from an event's name and pairs of names and values; what is no number is printed as its text.
    private static Map<String, Object> line(String event, Object... pairs) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", event);
        for (int i = 0; i < pairs.length; i += 2) {
            line.put((String) pairs[i], pairs[i + 1] instanceof Number number ? number : pairs[i + 1].toString());
        }
        return line;
    }
}
