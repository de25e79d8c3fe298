package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.value.PgText;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The values of a statement that their columns cannot hold exactly: how many in which column, and the texts of those in the chunk that
/// is being written. Belongs to one statement.
public final class Unfit {

    private final boolean isFinite;
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final Map<Integer, StringBuilder> chunk = new HashMap<>();

    /// Values that columns of a DuckDB database cannot hold.
    public Unfit() {
        this(false);
    }

    /// @param isFinite whether dates, times and timestamps have neither infinities nor an hour 24
    public Unfit(boolean isFinite) {
        this.isFinite = isFinite;
    }

    boolean isFinite() {
        return isFinite;
    }

    void report(Column column, FieldBlock fields, int row) {
        counts.merge(column.name(), 1L, Long::sum);
        String text = PgText.of(
                column.type(), fields.kinds[row], fields.bytes[row], fields.offsets[row], fields.lengths[row]);
        StringBuilder object = chunk.computeIfAbsent(row, _ -> new StringBuilder());
        object.append(object.isEmpty() ? '{' : ',');
        Json.quote(column.name(), object);
        Json.quote(text, object.append(':'));
    }

    /// How many values did not fit, by column name; empty if all did.
    public SortedMap<String, Long> counts() {
        return counts;
    }

    /// Puts the texts of the chunk, as a JSON object for each row that has one, into a column, and forgets them.
    void take(FieldBlock into, int rows) {
        for (int row = 0; row < rows; row++) {
            StringBuilder object = chunk.get(row);
            if (object == null) {
                into.setNull(row);
            } else {
                byte[] bytes = object.append('}').toString().getBytes(StandardCharsets.UTF_8);
                into.set(row, Tuple.TEXT, bytes, 0, bytes.length);
            }
        }
        chunk.clear();
    }
}
