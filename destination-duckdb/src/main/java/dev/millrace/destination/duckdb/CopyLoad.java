package dev.millrace.destination.duckdb;

import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.ColumnTypes;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.CopyFiller;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Loads one range of a copy, in one transaction. Only ever inserts, so that several loads and the owner get along.
///
/// The rows come once and cannot be asked for again. So a value that does not fit its column does not stop the load: its text is kept
/// beside the row, and the column is widened when the copy is published.
final class CopyLoad {

    private static final long ESTIMATED_ROWS_A_BLOCK = 60;

    private final DuckSession session;
    private final DuckMemory memory;
    private final SystemColumns system;
    private final Shape shape;
    private final TargetTable shadow;

    CopyLoad(DuckSession session, DuckMemory memory, SystemColumns system, Shape shape, TargetTable shadow) {
        this.session = session;
        this.memory = memory;
        this.system = system;
        this.shape = shape;
        this.shadow = shadow;
    }

    /// Whether some column of a shape may meet values that do not fit.
    static boolean mayBeUnfit(Shape shape, ColumnTypes types) {
        return shape.columns().stream().anyMatch(column -> ColumnWriters.mayBeUnfit(column, types.of(column.type()), types));
    }

    /// Writes the rows and remembers the range; returns how many there were.
    long run(CopyRange range, TransactionSnapshot snapshot, Position readAt, Instant takenAt, CopyRows rows, Instant now) {
        CopyFiller filler = new CopyFiller(rows, shape);
        boolean keepsUnfit = shadow.type(system.unfit()).isPresent();
        RowQuery.Builder builder = RowQuery.of(shape, shadow, filler, Math.max(1, range.blocks()) * ESTIMATED_ROWS_A_BLOCK);
        if (keepsUnfit) {
            builder.addUnfitTexts(system.unfit());
        }
        try (RowQuery query = builder.open()) {
            session.rows().load(session, shadow, query, values(keepsUnfit, Merge.time(now), Merge.time(takenAt)), () -> {
                FinishedRange finished = new FinishedRange(snapshot, readAt, filler.count());
                memory.addRange(session, shape.table(), range.number(), finished, List.copyOf(query.unfit().counts().keySet()));
            });
            return filler.count();
        }
    }

    /// By column, the expression of its values.
    private SequencedMap<String, String> values(boolean keepsUnfit, String synced, String takenAt) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        shape.columns().forEach(column -> values.put(shadow.quoted(column), shadow.quoted(column)));
        if (keepsUnfit) {
            values.put(system.quotedUnfit(), system.quotedUnfit());
        }
        values.put(system.quotedSynced(), synced);
        values.putAll(system.begun(system.modeOf(shadow.columns().keySet()), takenAt, Merge.OPEN_END));
        if (!shape.isKeyed()) {
            values.put(system.quotedId(), MultisetMerge.id(shadow, shape));
        }
        return values;
    }
}
