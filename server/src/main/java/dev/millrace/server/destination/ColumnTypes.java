package dev.millrace.server.destination;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The types that columns have at a destination, as far as they are there.
public final class ColumnTypes {

    private static final String ALL = "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns";

    private final Map<List<String>, String> types = new HashMap<>();

    private ColumnTypes() {}

    /// Asks a destination.
    public static ColumnTypes of(CopyPlace place) {
        ColumnTypes all = new ColumnTypes();
        place.reader().ifPresent(all::read);
        return all;
    }

    private void read(CopyReader reader) {
        try (reader) {
            reader.query(
                    ALL,
                    new RowSink() {
                        @Override
                        public void heads(List<Head> heads) {
                            // They are those of the statement.
                        }

                        @Override
                        public void rows(List<List<@Nullable Object>> rows) {
                            rows.forEach(row -> types.put(row.subList(0, 3).stream().map(String::valueOf).toList(), String.valueOf(row.get(3))));
                        }
                    },
                    new StopSignal());
        }
    }

    /// The destination's name for the type of a column, by the names that it has there; empty if it is not there yet.
    public Optional<String> of(String schema, String table, String column) {
        return Optional.ofNullable(types.get(List.of(schema, table, column)));
    }
}
