package dev.millrace.destination.postgres;

import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.destination.SeenRow;
import dev.millrace.testkit.postgres.TestDatabase;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a destination through plain SQL, as a user of it would.
record SeenDatabase(TestDatabase database) {

    /// The table as a reader sees it who knows its names.
    ///
    /// @param prefix names the connection
    Optional<List<SeenRow>> rows(String prefix, TableName table) {
        String names = "FROM _millrace.names WHERE connection = %s AND source_schema = %s AND source_table = %s"
                .formatted(literal(prefix), literal(table.schema()), literal(table.table()));
        List<List<@Nullable String>> place = database.query("SELECT target_schema, target_table " + names);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        TableName here = new TableName(String.valueOf(place.getFirst().get(0)), String.valueOf(place.getFirst().get(1)));
        List<String> columns = database
                .query("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
                        .formatted(literal(here.quoted())))
                .stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> source = new HashMap<>();
        database.query("SELECT unnest(target_columns), unnest(source_columns) " + names)
                .forEach(pair -> source.put(String.valueOf(pair.get(0)), String.valueOf(pair.get(1))));
        database.execute("SET TimeZone = 'UTC'", "SET extra_float_digits = 1");
        return Optional.of(database.query("SELECT * FROM " + here.quoted()).stream().map(row -> seen(row, columns, source)).toList());
    }

    private static SeenRow seen(List<@Nullable String> row, List<String> columns, Map<String, String> source) {
        Map<String, @Nullable String> ours = new LinkedHashMap<>();
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            String atSource = source.get(columns.get(i));
            if (atSource == null) {
                ours.put(columns.get(i), row.get(i));
            } else {
                values.put(atSource, row.get(i));
            }
        }
        return SeenRow.of(values, "t".equals(ours.get("_millrace_deleted")), span(ours));
    }

    /// What the columns of a history's table say, if they are there.
    private static Optional<SeenRow.Span> span(Map<String, @Nullable String> ours) {
        Optional<Instant> start = Optional.ofNullable(ours.get("_millrace_start")).map(SeenDatabase::instant);
        Optional<Instant> end = Optional.ofNullable(ours.get("_millrace_end")).map(SeenDatabase::instant);
        String active = ours.get("_millrace_active");
        return start.map(from -> new SeenRow.Span(from, end.orElseThrow(), "t".equals(active)));
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text.replace(' ', 'T') + ":00").toInstant();
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
