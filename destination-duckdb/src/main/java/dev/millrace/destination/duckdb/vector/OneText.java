package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import java.nio.charset.StandardCharsets;

/// One row of one field, in PostgreSQL's text.
public final class OneText implements RowFiller {

    private final byte[] text;
    private boolean given;

    /// A row with that text.
    public OneText(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int fill(RowBlock block) {
        if (given) {
            return 0;
        }
        given = true;
        block.fields[0].set(0, Tuple.TEXT, text, 0, text.length);
        return 1;
    }
}
