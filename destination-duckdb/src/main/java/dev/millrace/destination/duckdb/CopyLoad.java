package dev.millrace.destination.duckdb;

import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckTypes;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.CopyFiller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/// Loads one range of a copy, inside the caller's transaction. Only ever inserts, so that several loads and the owner get along.
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
    static boolean mayBeUnfit(Shape shape) {
        return shape.columns().stream().anyMatch(column -> ColumnWriters.mayBeUnfit(column, DuckTypes.of(column.type())));
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
            session.run(query.stream(), insert(query, keepsUnfit, Merge.time(now), Merge.time(takenAt)));
            FinishedRange finished = new FinishedRange(snapshot, readAt, filler.count());
            memory.addRange(session, shape.table(), range.number(), finished, List.copyOf(query.unfit().counts().keySet()));
            return filler.count();
        }
    }

    private String insert(RowQuery query, boolean keepsUnfit, String synced, String takenAt) {
        List<String> names = new ArrayList<>();
        shape.columns().forEach(column -> names.add(shadow.quoted(column)));
        if (keepsUnfit) {
            names.add(system.quotedUnfit());
        }
        List<String> values = new ArrayList<>(List.of("*", synced));
        names.add(system.quotedSynced());
        SequencedMap<String, String> begun = system.begun(system.modeOf(shadow.columns().keySet()), takenAt, Merge.OPEN_END);
        names.addAll(begun.sequencedKeySet());
        values.addAll(begun.sequencedValues());
        if (!shape.isKeyed()) {
            names.add(system.quotedId());
            values.add(MultisetMerge.id(shadow, shape));
        }
        return "INSERT INTO %s (%s) SELECT %s FROM (%s)"
                .formatted(shadow.sql(), String.join(", ", names), String.join(", ", values), query.sql());
    }
}
