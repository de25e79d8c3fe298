package dev.millrace.destination.duckdb;

import dev.millrace.core.merge.UnfitValues;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.vector.ColumnWriter;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.FoldFiller;
import dev.millrace.destination.duckdb.vector.RowFiller;
import dev.millrace.destination.duckdb.vector.RowStream;
import dev.millrace.destination.duckdb.vector.Unfit;
import java.util.ArrayList;
import java.util.List;

/// A `SELECT` over rows that come from this process, whose columns have the types of a target table. To be closed.
public final class RowQuery implements AutoCloseable {

    /// What stands before the name of a column that is of no target.
    static final String OWN = "millrace ";

    private final RowStream stream;
    private final Unfit unfit;
    private final List<String> items;

    private RowQuery(RowStream stream, Unfit unfit, List<String> items) {
        this.stream = stream;
        this.unfit = unfit;
        this.items = items;
    }

    /// Begins a query over some columns of a shape, named as in the target.
    static Builder of(Shape shape, List<Integer> places, TargetTable target, RowFiller filler, long rows) {
        Builder builder = new Builder(shape.table(), target, filler, rows);
        for (int place : places) {
            builder.add(shape.columns().get(place), target.names().of(shape.columns().get(place)));
        }
        return builder;
    }

    /// Begins a query over all columns of a shape.
    static Builder of(Shape shape, TargetTable target, RowFiller filler, long rows) {
        List<Integer> places = java.util.stream.IntStream.range(0, shape.columns().size()).boxed().toList();
        return of(shape, places, target, filler, rows);
    }

    /// A query in the making.
    static final class Builder {
        private final TargetTable target;
        private final Unfit unfit;
        private final RowStream.Builder stream;
        private final List<String> items = new ArrayList<>();

        private Builder(TableName table, TargetTable target, RowFiller filler, long rows) {
            this.target = target;
            this.unfit = new Unfit(target.types().areFinite());
            this.stream = RowStream.of(table, filler, unfit, rows);
        }

        /// Adds a column under a name, with the type that the target has for it.
        Builder add(Column column, String name) {
            return add(ColumnWriters.of(column, target.typeOf(target.names().of(column)), unfit), column.name(), name);
        }

        /// Adds a column of our own.
        Builder add(ColumnWriter writer, String name) {
            return add(writer, name, name);
        }

        private Builder add(ColumnWriter writer, String column, String name) {
            items.add(stream.add(writer, column) + " AS " + TableName.quote(name));
            return this;
        }

        /// Adds what a row says of fields that the destination has and the log has not: [masks][FoldFiller#masks] of them, and the key under
        /// which its row is found.
        Builder addLookup(Shape shape) {
            for (int mask = 0; mask < FoldFiller.masks(shape.columns().size()); mask++) {
                add(ColumnWriters.ofLong(), OWN + "mask" + mask);
            }
            for (int place : shape.keyPlaces()) {
                Column column = shape.columns().get(place);
                add(column, OWN + "base " + target.names().of(column));
            }
            return this;
        }

        /// Adds the texts of unfit values, behind all others.
        Builder addUnfitTexts(String name) {
            items.add(stream.addUnfitTexts() + " AS " + TableName.quote(name));
            return this;
        }

        /// Makes the query.
        RowQuery open() {
            return new RowQuery(stream.open(), unfit, List.copyOf(items));
        }
    }

    /// The statement, to be used as a subquery; its rows can be read once.
    public String sql() {
        return "SELECT " + String.join(", ", items) + " FROM " + stream.from();
    }

    public RowStream stream() {
        return stream;
    }

    /// The values that did not fit.
    Unfit unfit() {
        return unfit;
    }

    /// Throws if the rows had values that did not fit.
    void checkFit(TableName table) {
        if (!unfit.counts().isEmpty()) {
            throw new UnfitValues(table, unfit.counts());
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
