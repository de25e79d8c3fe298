package dev.millrace.server.schema;

import dev.millrace.core.fault.Nearest;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.Refusal;
import dev.millrace.server.schema.SourceTable.Obstacle;
import dev.millrace.server.schema.SourceTable.SourceColumn;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a source had when it was last asked.
///
/// @param at when that was
/// @param tables by name
public record SourceReading(Instant at, SortedMap<TableName, SourceTable> tables) {

    /// Keeps its own copy of the map.
    public SourceReading {
        tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    }

    /// Of a list.
    static SourceReading of(Instant at, List<SourceTable> tables) {
        SortedMap<TableName, SourceTable> byName = new TreeMap<>();
        tables.forEach(table -> byName.putIfAbsent(table.name(), table));
        return new SourceReading(at, byName);
    }

    /// Whether a table has come to the copy since, so that there is more than this.
    boolean isOutdated() {
        return at.equals(Instant.EPOCH);
    }

    /// The names of its schemas, in order.
    SortedSet<String> schemas() {
        SortedSet<String> names = new TreeSet<>();
        tables.keySet().forEach(table -> names.add(table.schema()));
        return names;
    }

    /// Refuses a schema that is not there.
    void requireSchema(String schema) {
        if (schema.isEmpty() || !schemas().contains(schema)) {
            throw missing("Schema", schema, Nearest.hint(schema, List.copyOf(schemas())));
        }
    }

    /// A table that is there.
    ///
    /// @throws Refusal if it is not
    public SourceTable require(String schema, String table) {
        requireSchema(schema);
        SourceTable found = table.isEmpty() ? null : tables.get(new TableName(schema, table));
        if (found == null) {
            List<String> there = tables.keySet().stream().filter(one -> one.schema().equals(schema)).map(TableName::table).toList();
            throw missing("Table", schema + "." + table, Nearest.hint(table, there));
        }
        return found;
    }

    /// A column that is there.
    ///
    /// @throws Refusal if it is not, or its table cannot be copied
    static SourceColumn require(SourceTable table, String column) {
        Optional<Obstacle> obstacle = table.obstacle();
        if (obstacle.isPresent()) {
            throw Refusal.invalid("Table '%s' cannot be copied, so nothing can be said of its columns. %s".formatted(table.name(), obstacle.get().text()));
        }
        return table.column(column).orElseThrow(() -> missing(
                "Column", table.name() + "." + column, Nearest.hint(column, table.columns().stream().map(SourceColumn::name).toList())));
    }

    private static Refusal missing(String kind, String name, String hint) {
        return Refusal.missing(
                kind,
                "The source had no %s '%s' when it was last read; names are told apart by case.%s To read it again: POST .../schemas/reload."
                        .formatted(kind.toLowerCase(Locale.ROOT), name, hint));
    }
}
