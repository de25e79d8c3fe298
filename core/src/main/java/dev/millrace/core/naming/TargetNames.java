package dev.millrace.core.naming;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a destination calls a table of the source and its columns.
///
/// @param table where the table lies: schema and name at the destination
/// @param columns name at the destination by name at the source, of every column that the table ever had here
public record TargetNames(TableName table, SortedMap<String, String> columns) {

    /// Keeps its own copy of the map.
    public TargetNames {
        columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
    }

    /// A table without columns yet.
    public TargetNames(TableName table) {
        this(table, Collections.emptySortedMap());
    }

    /// The names of a shape, as they are at the source, at some place.
    public static TargetNames asAtSource(TableName table, Shape shape) {
        SortedMap<String, String> columns = new TreeMap<>();
        shape.columns().forEach(column -> columns.put(column.name(), column.name()));
        return new TargetNames(table, columns);
    }

    /// What a column of the source is called here.
    public String of(Column column) {
        return of(column.name());
    }

    /// What a column of the source is called here.
    public String of(String column) {
        String name = columns.get(column);
        if (name == null) {
            throw new IllegalStateException("Invalid column of %s: %s (must have been given a name)".formatted(table, column));
        }
        return name;
    }
}
