package dev.millrace.destination.postgres;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.fold.MultisetFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.destination.postgres.wire.OwnColumn;
import java.util.ArrayList;
import java.util.List;

/// Brings a fold to a table without a key: in with the added rows, then for each removed row one live row with the same values is marked,
/// or deleted.
final class MultisetMerge {

    private static final String ENDED = "ended";

    private final TargetSession session;
    private final Merge merge;
    private final SystemColumns system;
    private final TargetTable target;
    private final SyncMode mode;
    private final MultisetFold fold;
    private final Shape shape;

    MultisetMerge(Merge merge, TargetTable target, MultisetFold fold) {
        this.session = merge.session();
        this.merge = merge;
        this.system = merge.system();
        this.target = target;
        this.mode = system.modeOf(target.columns().keySet());
        this.fold = fold;
        this.shape = fold.shape();
    }

    /// Reads a row of the fold by number.
    private interface Reader {
        void read(int number, FoldedRow into);
    }

    private record Rows(int count, Reader reader) implements StagedRows.Rows {

        @Override
        public void read(int number, FoldedRow into, long[] own) {
            reader.read(number, into);
            own[0] = into.live() ? 0 : 1;
        }
    }

    void run() {
        if (fold.truncated()) {
            merge.truncate(target);
        }
        if (fold.addedRows() > 0) {
            insert(stage(new Rows(fold.addedRows(), fold::readAdded)));
        }
        if (fold.removedRows() > 0) {
            end(stage(new Rows(fold.removedRows(), fold::readRemoved)));
        }
    }

    private String stage(Rows rows) {
        return new StagedRows(target, shape, merge.types())
                .stage(session, merge.stages(), rows, List.of(new OwnColumn(ENDED, OwnColumn.Type.FLAG)))
                .table();
    }

    private String id() {
        return RowId.of(target, shape, place -> "s.c" + place);
    }

    private void insert(String staged) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int place = 0; place < shape.columns().size(); place++) {
            Column column = shape.columns().get(place);
            names.add(target.quoted(column));
            values.add("s.c" + place);
        }
        String which = "";
        if (mode == SyncMode.LIVE) {
            which = " WHERE NOT s." + ENDED;
        } else {
            names.add(system.quotedDeleted());
            values.add("s." + ENDED);
        }
        names.addAll(List.of(system.quotedSynced(), system.quotedId()));
        values.addAll(List.of(merge.synced(), id()));
        session.run("INSERT INTO " + target.sql() + " (" + String.join(", ", names) + ") SELECT " + String.join(", ", values) + " FROM " + staged
                + " s" + which);
    }

    /// Of the live rows that are equal to removed ones as many are ended as were removed: one of several is as good as another.
    private void end(String staged) {
        String live = mode == SyncMode.LIVE ? "" : " WHERE NOT t." + system.quotedDeleted();
        String chosen = "ARRAY(SELECT x.at FROM (SELECT t.ctid AS at, r.n, row_number() OVER (PARTITION BY r.id) AS k FROM (SELECT " + id()
                + " AS id, count(*) AS n FROM " + staged + " s GROUP BY 1) r JOIN " + target.sql() + " t ON t." + system.quotedId() + " = r.id" + live
                + ") x WHERE x.k <= x.n)";
        long ended = session.run(
                mode == SyncMode.LIVE
                        ? "DELETE FROM " + target.sql() + " WHERE ctid = ANY (" + chosen + ")"
                        : "UPDATE " + target.sql() + " SET " + system.quotedDeleted() + " = true, " + system.quotedSynced() + " = " + merge.synced()
                                + " WHERE ctid = ANY (" + chosen + ")");
        if (ended < fold.removedRows()) {
            throw new MissingRow(shape.table(), fold.removedRows() - ended);
        }
    }
}
