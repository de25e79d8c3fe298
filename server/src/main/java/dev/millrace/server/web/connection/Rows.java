package dev.millrace.server.web.connection;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.server.web.connection.DataPages.Sheet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the first rows of a query, and has it stopped when there are enough.
final class Rows implements RowSink {

    private final int most;
    private final StopSignal enough;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();
    private List<RowSink.Head> heads = List.of();
    private boolean cut;

    Rows(int most, StopSignal enough) {
        this.most = most;
        this.enough = enough;
    }

    @Override
    public void heads(List<RowSink.Head> columns) {
        heads = columns;
    }

    @Override
    public void rows(List<List<@Nullable Object>> some) {
        int room = most - rows.size();
        rows.addAll(some.subList(0, Math.min(room, some.size())));
        if (some.size() > room) {
            cut = true;
            enough.give();
        }
    }

    StopSignal enough() {
        return enough;
    }

    Sheet sheet() {
        return new Sheet(heads, rows, cut);
    }
}
