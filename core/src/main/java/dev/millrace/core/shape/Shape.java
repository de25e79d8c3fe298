package dev.millrace.core.shape;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Columns, types and key of a table at one moment.
///
/// Holds only the columns that are copied: those that the user may read and has not excluded, in the table's order. Generated
/// columns that the log does not carry are not among them.
///
/// @param table whose shape it is
/// @param columns in the table's order; names are unique
/// @param identity how its rows are told apart
/// @param origin what is known of the table's past
/// @param filter which of its rows are copied
public record Shape(TableName table, List<Column> columns, RowIdentity identity, Origin origin, RowFilter filter) {

    /// Checks the names and the key's places, and keeps its own copy of the list.
    public Shape {
        columns = List.copyOf(columns);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("Invalid shape of %s: column %s stands twice".formatted(table, column.name()));
            }
        }
        if (identity instanceof RowIdentity.Keyed(List<Integer> places)) {
            for (int place : places) {
                if (place < 0 || place >= columns.size()) {
                    throw new IllegalArgumentException(
                            "Invalid key of %s: place %d (must be below %d)".formatted(table, place, columns.size()));
                }
            }
        }
    }

    /// A shape of a table of which every row is copied.
    public Shape(TableName table, List<Column> columns, RowIdentity identity, Origin origin) {
        this(table, columns, identity, origin, RowFilter.NONE);
    }

    /// A shape of which only the log told.
    public Shape(TableName table, List<Column> columns, RowIdentity identity) {
        this(table, columns, identity, Origin.UNKNOWN);
    }

    /// The same with other rows.
    public Shape withFilter(RowFilter other) {
        return new Shape(table, columns, identity, origin, other);
    }

    /// The column with this name.
    public Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    /// The column with this number of the catalogue; none has 0.
    public Optional<Column> column(int number) {
        return columns.stream().filter(column -> number != 0 && column.number() == number).findFirst();
    }

    /// This shape with what an earlier one of the table knew beyond it: numbers of columns of the same name, and the past.
    /// Which rows there are is what the earlier one says, by which they were copied.
    public Shape recognize(Shape earlier) {
        if (origin.isKnown() && origin.relation() != earlier.origin.relation() && earlier.origin.isKnown()) {
            return this;
        }
        List<Column> recognized = new ArrayList<>();
        for (Column column : columns) {
            Optional<Column> namesake = column.number() == 0 ? earlier.column(column.name()) : Optional.empty();
            recognized.add(namesake.map(known -> new Column(column.name(), column.type(), known.number(), known.initially())).orElse(column));
        }
        Origin past = origin.isKnown() ? origin.withColumnsEver(earlier.origin.columnsEver()) : earlier.origin;
        return new Shape(table, recognized, identity, past, earlier.filter);
    }

    /// The places of the key's columns; empty for a table without a key.
    public List<Integer> keyPlaces() {
        return switch (identity) {
            case RowIdentity.Keyed(List<Integer> places) -> places;
            case RowIdentity.WholeRow() -> List.of();
        };
    }

    /// Whether rows are told apart by a column of this name, among others maybe.
    public boolean isTold(String name) {
        return !isKeyed() || keyPlaces().stream().anyMatch(place -> columns.get(place).name().equals(name));
    }

    /// Whether rows are told apart by a key.
    public boolean isKeyed() {
        return identity instanceof RowIdentity.Keyed;
    }
}
