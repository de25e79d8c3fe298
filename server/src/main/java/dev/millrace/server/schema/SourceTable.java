package dev.millrace.server.schema;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import java.util.List;
import java.util.Optional;

/// A table that the source had when it was last asked.
///
/// @param name at the source
/// @param columns those that can be copied, in the table's order; none of a table that cannot be
/// @param obstacle why it cannot be copied; empty if it can
public record SourceTable(TableName name, List<SourceColumn> columns, Optional<Obstacle> obstacle) {

    /// Keeps its own copy of the list.
    public SourceTable {
        columns = List.copyOf(columns);
    }

    /// A column of it.
    ///
    /// @param name at the source
    /// @param type by PostgreSQL's name
    /// @param key whether rows are told apart by it
    public record SourceColumn(String name, String type, boolean key) {}

    /// Why a table cannot be copied.
    ///
    /// @param reason what is so
    /// @param remedy what to do; empty if nothing can be done
    public record Obstacle(String reason, String remedy) {

        /// Both, as sentences.
        public String text() {
            return "%s %s".formatted(reason, remedy).strip();
        }
    }

    /// One that can be copied.
    static SourceTable of(Catalog.Followed table) {
        Shape shape = table.shape();
        List<Integer> key = shape.keyPlaces();
        List<SourceColumn> columns = shape.columns().stream()
                .map(column -> new SourceColumn(column.name(), column.type().name(), key.contains(shape.columns().indexOf(column))))
                .toList();
        return new SourceTable(table.table(), columns, Optional.empty());
    }

    /// One that cannot.
    static SourceTable of(Catalog.LeftOut table) {
        return new SourceTable(table.table(), List.of(), Optional.of(new Obstacle(table.reason(), table.remedy())));
    }

    /// A column by name.
    public Optional<SourceColumn> column(String column) {
        return columns.stream().filter(one -> one.name().equals(column)).findFirst();
    }

    /// Enough of a shape to give its columns names by.
    Shape named() {
        List<Column> all = columns.stream().map(column -> new Column(column.name(), new SourceType.Scalar(0, column.type(), -1, false))).toList();
        return new Shape(name, all, new RowIdentity.WholeRow());
    }
}
