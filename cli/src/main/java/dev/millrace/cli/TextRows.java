package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.cli.terminal.Terminal.Style;
import dev.millrace.cli.terminal.TextTable;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.RowSink.Head;
import dev.millrace.worker.progress.Amounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Prints a query's result as a table, up to a number of rows; then it ends the query.
final class TextRows implements QueryOutput {

    private static final Set<String> NUMBERS = Set.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE");

    private final Terminal terminal;
    private final int rowsMax;
    private final StopSignal stop;
    private final List<List<@Nullable Object>> kept = new ArrayList<>();
    private List<Head> heads = List.of();
    private boolean full;

    TextRows(Terminal terminal, int rowsMax, StopSignal stop) {
        this.terminal = terminal;
        this.rowsMax = rowsMax;
        this.stop = stop;
    }

    @Override
    public void heads(List<Head> heads) {
        this.heads = heads;
    }

    @Override
    public void rows(List<List<@Nullable Object>> rows) {
        for (List<@Nullable Object> row : rows) {
            if (kept.size() == rowsMax) {
                full = true;
                stop.give();
                return;
            }
            kept.add(row);
        }
    }

    @Override
    public void end() {
        if (heads.isEmpty()) {
            return;
        }
        TextTable table = new TextTable(heads.stream().map(TextRows::head).toList());
        kept.forEach(row -> table.row(row.stream().map(value -> value == null ? "NULL" : value.toString()).toList()));
        table.lines().forEach(terminal.out()::println);
        String count = Amounts.count(kept.size()) + (kept.size() == 1 ? " row" : " rows");
        terminal.err().println(terminal.styled(
                Style.DIM, full ? "The first " + count + "; --rows shows more, --json all of them." : count));
    }

    private static String head(Head head) {
        boolean number = NUMBERS.contains(head.type()) || head.type().startsWith("DECIMAL");
        return (number ? ">" : "") + head.name();
    }

    @Override
    public boolean isFull() {
        return full;
    }
}
