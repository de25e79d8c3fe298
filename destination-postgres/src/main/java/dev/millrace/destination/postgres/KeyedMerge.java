package dev.millrace.destination.postgres;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.fold.KeyedFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.wire.OwnColumn;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Brings a fold to a table with a key: rows that are there are updated in their place, and the others inserted.
///
/// An update leaves the indexes alone where no column of theirs changes, and large values where they lie; deleting and inserting would touch
/// every index and write every value again.
final class KeyedMerge {

    private static final String ENDED = "ended";
    private static final String FRESH = "fresh";

    private final TargetSession session;
    private final Merge merge;
    private final SystemColumns system;
    private final TargetTable target;
    private final SyncMode mode;
    private final KeyedFold fold;
    private final Shape shape;
    private final RowKey key;

    KeyedMerge(Merge merge, TargetTable target, KeyedFold fold) {
        this.session = merge.session();
        this.merge = merge;
        this.system = merge.system();
        this.target = target;
        this.mode = system.modeOf(target.columns().keySet());
        this.fold = fold;
        this.shape = fold.shape();
        this.key = new RowKey(shape, target);
    }

    /// The fold's rows, and what they make necessary.
    private final class Rows implements StagedRows.Rows {
        private boolean hasEnded;
        private final boolean onlyLive = mode == SyncMode.LIVE;
        private final BitSet fresh = new BitSet();
        private final BitSet others = new BitSet();

        @Override
        public int count() {
            return fold.keys();
        }

        @Override
        public void read(int number, FoldedRow into, long[] own) {
            fold.read(number, into);
            own[0] = into.live() ? 0 : 1;
            own[1] = fold.isBegunByInsert(number) ? 1 : 0;
            hasEnded |= !into.live();
            if (into.live() || !onlyLive) {
                (own[1] == 1 ? fresh : others).set(number);
            }
        }
    }

    void run() {
        if (fold.truncated()) {
            merge.truncate(target);
        }
        if (fold.keys() == 0) {
            return;
        }
        Rows rows = new Rows();
        StagedRows staging = new StagedRows(target, shape, merge.types());
        StagedRows.Staged staged = staging.stage(
                session, merge.stages(), rows, List.of(new OwnColumn(ENDED, OwnColumn.Type.FLAG), new OwnColumn(FRESH, OwnColumn.Type.FLAG)));
        if (mode == SyncMode.SOFT_DELETE && key.isExact()) {
            Indexes indexes = new Indexes(session, system);
            if (indexes.primaryKey(target).isEmpty()) {
                indexes.leaveOneOfStaged(target, shape, staged.table());
            }
        }
        if (staged.hasPartial()) {
            complete(staging, staged);
            checkMissing(staged);
        }
        if (mode == SyncMode.LIVE && rows.hasEnded) {
            session.run("DELETE FROM " + target.sql() + " t USING " + staged.table() + " s WHERE s." + ENDED + " AND " + key.matches());
        }
        write(staged, rows.fresh.cardinality(), rows.others.cardinality());
    }

    /// Keys that were inserted are not here, as a rule, and the others are: what is asked of the index twice is asked for the exceptions only.
    private void write(StagedRows.Staged staged, int fresh, int others) {
        long inserted = fresh == 0 ? 0 : session.run(insert(staged, "s." + FRESH));
        boolean repeats = inserted < fresh;
        if (others == 0 && !repeats) {
            return;
        }
        long updated = session.run(update(staged, repeats ? "" : " AND NOT s." + FRESH));
        if (updated < others || repeats) {
            session.run(insert(staged, "NOT s." + FRESH));
        }
    }

    /// Completes the rows whose other values lie under another key, before that key's row is touched.
    private void complete(StagedRows staging, StagedRows.Staged staged) {
        if (!staged.hasMoved()) {
            return;
        }
        List<String> values = new ArrayList<>();
        for (int place = 0; place < shape.columns().size(); place++) {
            values.add("c" + place + " = " + StagedRows.value(staged, place, "t." + target.quoted(shape.columns().get(place))));
        }
        session.run("UPDATE " + staged.table() + " s SET " + String.join(", ", values) + ", partial = false FROM " + target.sql()
                + " t WHERE s.moved AND " + staging.completes(staged) + comesBack());
        session.run("DELETE FROM " + staged.table() + " s WHERE s.moved AND s.partial AND s." + ENDED);
        long missing = session.queryLong("SELECT count(*) FROM " + staged.table() + " s WHERE s.moved AND s.partial");
        if (missing > 0) {
            throw new MissingRow(shape.table(), missing);
        }
    }

    /// What a row held when it left a filter is nothing to a row that comes back, which may have changed outside.
    private String comesBack() {
        boolean mayComeBack = !shape.filter().isEmpty() && mode == SyncMode.SOFT_DELETE;
        return mayComeBack ? " AND (s." + ENDED + " OR NOT t." + system.quotedDeleted() + ")" : "";
    }

    private void checkMissing(StagedRows.Staged staged) {
        long missing = session.queryLong("SELECT count(*) FROM " + staged.table() + " s WHERE s.partial AND NOT s." + ENDED
                + " AND NOT EXISTS (SELECT 1 FROM " + target.sql() + " t WHERE " + key.matches() + comesBack() + ")");
        if (missing > 0) {
            throw new MissingRow(shape.table(), missing);
        }
    }

    /// A row that had ended before, and ends, is left as it is, unless the log tells of it whole. After a truncate nobody can tell which had: what
    /// is known of a row was then written before it.
    private String update(StagedRows.Staged staged, String which) {
        List<String> values = new ArrayList<>();
        for (int place = 0; place < shape.columns().size(); place++) {
            String name = target.quoted(shape.columns().get(place));
            values.add(name + " = " + value(staged, place, name));
        }
        for (String gone : target.columns().keySet()) {
            if (!system.contains(gone) && shape.columns().stream().noneMatch(column -> target.names().of(column).equals(gone))) {
                String name = TableName.quote(gone);
                values.add(name + " = CASE WHEN s." + ENDED + " THEN t." + name + " END");
            }
        }
        String live;
        if (mode == SyncMode.LIVE) {
            live = " AND NOT s." + ENDED;
        } else {
            values.add(system.quotedDeleted() + " = s." + ENDED);
            live = staged.hasPartial() && !fold.truncated() ? " AND NOT (s.partial AND s." + ENDED + " AND t." + system.quotedDeleted() + ")" : "";
        }
        values.add(system.quotedSynced() + " = " + merge.synced());
        return "UPDATE " + target.sql() + " t SET " + String.join(", ", values) + " FROM " + staged.table() + " s WHERE " + key.matches() + live + which;
    }

    private static String value(StagedRows.Staged staged, int place, String name) {
        return staged.hasPartial() && !staged.hasMoved()
                ? StagedRows.value(staged, place, "t." + name)
                : staged.hasPartial()
                        ? "CASE WHEN s.partial THEN " + StagedRows.value(staged, place, "t." + name) + " ELSE s.c" + place + " END"
                        : "s.c" + place;
    }

    private String insert(StagedRows.Staged staged, String which) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int place = 0; place < shape.columns().size(); place++) {
            Column column = shape.columns().get(place);
            names.add(target.quoted(column));
            values.add("s.c" + place);
        }
        String whole = staged.hasPartial() ? " AND NOT s.partial" : "";
        if (mode == SyncMode.LIVE) {
            whole += " AND NOT s." + ENDED;
        } else {
            names.add(system.quotedDeleted());
            values.add("s." + ENDED);
        }
        names.add(system.quotedSynced());
        values.add(merge.synced());
        return "INSERT INTO " + target.sql() + " (" + String.join(", ", names) + ") SELECT " + String.join(", ", values) + " FROM " + staged.table()
                + " s WHERE " + which + whole + " AND NOT EXISTS (SELECT 1 FROM " + target.sql() + " t WHERE " + key.matches() + ")";
    }
}
