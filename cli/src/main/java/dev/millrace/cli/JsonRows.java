package dev.millrace.cli;

import dev.millrace.core.destination.RowSink.Head;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints a query's result as one JSON object, row by row as they come: `{"columns": [...], "rows": [[...], ...]}`.
final class JsonRows implements QueryOutput {

    private final PrintStream out;
    private boolean headed;
    private boolean any;

    JsonRows(PrintStream out) {
        this.out = out;
    }

    @Override
    public void heads(List<Head> heads) {
        out.print("{\"columns\":" + Json.text(heads) + ",\"rows\":[");
        headed = true;
    }

    @Override
    public void rows(List<List<@Nullable Object>> rows) {
        for (List<@Nullable Object> row : rows) {
            out.print((any ? ",\n" : "\n") + Json.text(row));
            any = true;
        }
    }

    @Override
    public void end() {
        if (headed) {
            out.println("]}");
        }
    }

    @Override
    public boolean isFull() {
        return false;
    }
}
