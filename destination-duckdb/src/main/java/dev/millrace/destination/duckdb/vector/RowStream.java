package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.destination.duckdb.type.DuckType;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBDataChunkWriter;
import org.jspecify.annotations.Nullable;

/// Rows that one SQL statement reads: `SELECT ... FROM` [#from].
///
/// Vector columns are named `c0`, `c1` and so on. Rows come once, in order, from one thread at a time. What goes wrong on the way is
/// kept in [#failure], since DuckDB passes only a text on.
public final class RowStream implements AutoCloseable {

    private final long id;
    private final RowFiller filler;
    private final List<ColumnWriter> writers;
    private final List<String> names;
    private final Unfit unfit;
    private final boolean keepsUnfit;
    private final long rows;
    private final RowBlock block;
    private final FieldBlock unfitTexts = new FieldBlock();
    private final List<VectorTarget> targets = new ArrayList<>();
    private volatile @Nullable Throwable failure;

    private RowStream(long id, Builder from) {
        this.id = id;
        this.filler = from.filler;
        this.writers = List.copyOf(from.writers);
        this.names = List.copyOf(from.names);
        this.unfit = from.unfit;
        this.keepsUnfit = from.keepsUnfit;
        this.rows = from.rows;
        this.block = filler.block(writers.size());
    }

    /// Begins to describe a stream.
    ///
    /// @param filler gives one field for each writer
    /// @param unfit what the writers were made with
    /// @param rows how many rows there are, or an estimate, for DuckDB's plan
    public static Builder of(RowFiller filler, Unfit unfit, long rows) {
        return new Builder(filler, unfit, rows);
    }

    /// A stream in the making.
    public static final class Builder {
        private final RowFiller filler;
        private final Unfit unfit;
        private final long rows;
        private final List<ColumnWriter> writers = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private boolean keepsUnfit;

        private Builder(RowFiller filler, Unfit unfit, long rows) {
            this.filler = filler;
            this.unfit = unfit;
            this.rows = rows;
        }

        /// Adds a column; returns the SQL expression of its value in the statement.
        ///
        /// @param name what it is called in a fault
        public String add(ColumnWriter writer, String name) {
            writers.add(writer);
            names.add(name);
            return writer.cast("c" + (writers.size() - 1));
        }

        /// Adds, behind all others, the column that keeps a JSON object with the texts of a row's unfit values; returns its expression.
        public String addUnfitTexts() {
            keepsUnfit = true;
            return "c" + writers.size();
        }

        /// Makes the stream known to the database. It must be closed.
        public RowStream open() {
            return RowFunction.register(id -> new RowStream(id, this));
        }
    }

    /// The table expression.
    public String from() {
        return "%s(%d)".formatted(RowFunction.NAME, id);
    }

    long id() {
        return id;
    }

    long rows() {
        return rows;
    }

    List<DuckType> vectorTypes() {
        List<DuckType> types = new ArrayList<>();
        writers.forEach(writer -> types.add(writer.vectorType()));
        if (keepsUnfit) {
            types.add(DuckType.Plain.VARCHAR);
        }
        return types;
    }

    long write(DuckDBDataChunkWriter chunk) {
        try {
            return writeChunk(chunk);
        } catch (Throwable e) {
            failure = e;
            throw e;
        }
    }

    private long writeChunk(DuckDBDataChunkWriter chunk) {
        int count = filler.fill(block);
        if (count == 0) {
            return 0;
        }
        for (int column = 0; column < writers.size(); column++) {
            VectorTarget target = target(column);
            target.begin(chunk.vector(column));
            decode(column, count, target);
            target.finish(count);
        }
        if (keepsUnfit) {
            unfit.take(unfitTexts, count);
            VectorTarget target = target(writers.size());
            target.begin(chunk.vector(writers.size()));
            writeTexts(count, target);
            target.finish(count);
        }
        return count;
    }

    /// What is no value of its type shows itself in many ways; only the column is told, since texts of exceptions can hold the value.
    private void decode(int column, int count, VectorTarget target) {
        try {
            writers.get(column).write(block.fields[column], count, target);
        } catch (MalformedValue | IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            String detail = e instanceof MalformedValue ? " (" + e.getMessage() + ")" : "";
            throw new Fault(
                    FaultKind.LOG_DAMAGED,
                    names.get(column),
                    "Column %s has a value that cannot be read%s; nothing of it was written.".formatted(names.get(column), detail),
                    "If the column's type was altered, ask for a new copy of the table; otherwise exclude the column and tell us its type.");
        }
    }

    private void writeTexts(int count, VectorTarget target) {
        for (int row = 0; row < count; row++) {
            if (unfitTexts.isValue(row)) {
                target.setUtf8(row, unfitTexts.bytes[row], 0, unfitTexts.lengths[row]);
            } else {
                target.setNull(row);
            }
        }
    }

    private VectorTarget target(int column) {
        while (targets.size() <= column) {
            targets.add(DirectCheck.target(vectorTypes().get(targets.size())));
        }
        return targets.get(column);
    }

    /// What went wrong while rows were taken or decoded; null if nothing did.
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void close() {
        RowFunction.forget(this);
    }
}
