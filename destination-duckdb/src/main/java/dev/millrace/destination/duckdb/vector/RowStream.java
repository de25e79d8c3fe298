package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.destination.duckdb.type.DuckType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBDataChunkWriter;
import org.jspecify.annotations.Nullable;

/// Rows that one SQL statement reads: `SELECT ... FROM` [#from].
///
/// Vector columns are named `c0`, `c1` and so on. Rows come once, in order, from one thread at a time. What goes wrong on the way is
/// kept in [#failure], since DuckDB passes only a text on.
public final class RowStream implements AutoCloseable {

    private static final Pattern CAST = Pattern.compile("^Conversion Error:.* when casting from source column c(\\d+)\\b", Pattern.DOTALL);

    private final long id;
    private final TableName table;
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
        this.table = from.table;
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
    /// @param table what the rows are of, for a fault
    /// @param filler gives one field for each writer
    /// @param unfit what the writers were made with
    /// @param rows how many rows there are, or an estimate, for DuckDB's plan
    public static Builder of(TableName table, RowFiller filler, Unfit unfit, long rows) {
        return new Builder(table, filler, unfit, rows);
    }

    /// A stream in the making.
    public static final class Builder {
        private final TableName table;
        private final RowFiller filler;
        private final Unfit unfit;
        private final long rows;
        private final List<ColumnWriter> writers = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private boolean keepsUnfit;

        private Builder(TableName table, RowFiller filler, Unfit unfit, long rows) {
            this.table = table;
            this.filler = filler;
            this.unfit = unfit;
            this.rows = rows;
        }

        /// Adds a column; returns the SQL expression of its value in the statement.
        ///
        /// @param name the source's column that a fault names
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

    private void decode(int column, int count, VectorTarget target) {
        try {
            writers.get(column).write(block.fields[column], count, target);
        } catch (NotUtf8 _) {
            throw notUtf8(names.get(column));
        } catch (MalformedValue | IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            throw MalformedValue.fault(table, names.get(column), e);
        }
    }

    private Fault notUtf8(String column) {
        return new Fault(
                FaultKind.VALUE_UNFIT,
                table.toString(),
                "Column %s of %s has a value that is not UTF-8, which DuckDB cannot hold as text; nothing was written with it."
                        .formatted(column, table),
                ("Where the source's database is in UTF8, the value was damaged on its way: run again. One in SQL_ASCII accepts any bytes:"
                                + " mend the value there and run `millrace resync` for %s, or exclude the column.")
                        .formatted(table));
    }

    /// What is wrong with a value, if that is why DuckDB refused the statement: its words name the vector's column from which it casts.
    public Optional<Fault> malformed(SQLException refusal) {
        Matcher cast = CAST.matcher(String.valueOf(refusal.getMessage()));
        return cast.find()
                ? Optional.of(MalformedValue.fault(table, names.get(Integer.parseInt(cast.group(1))), new IllegalArgumentException(refusal)))
                : Optional.empty();
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
