package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.fold.KeyedFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.FoldFiller;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Brings a fold to a table with a key: out with every row whose key was touched, in with its last state.
///
/// Deleting and inserting is what a column store does fast: updates in place, `MERGE` and a primary key's index were measured to be from
/// 4 to 50 times slower.
final class KeyedMerge {

    private static final String RESOLVED = "temp.millrace_resolved";

    private final DuckSession session;
    private final SystemColumns system;
    private final String synced;
    private final TargetTable target;
    private final SyncMode mode;
    private final KeyedFold fold;
    private final Shape shape;
    private final int fields;
    private final BitSet partial = new BitSet();

    KeyedMerge(DuckSession session, SystemColumns system, String synced, TargetTable target, KeyedFold fold) {
        this.session = session;
        this.system = system;
        this.synced = synced;
        this.target = target;
        this.mode = system.modeOf(target.columns().keySet());
        this.fold = fold;
        this.shape = fold.shape();
        this.fields = shape.columns().size();
    }

    void run() {
        if (fold.truncated()) {
            Merge.truncate(session, system, synced, target);
        }
        take();
        findPartial();
        if (!partial.isEmpty()) {
            resolve();
        }
        delete();
        insertWhole();
        if (!partial.isEmpty()) {
            insertResolved();
        }
    }

    private void take() {
        if (fold.keys() == 0) {
            return;
        }
        List<String> names = shape.keyPlaces().stream().map(place -> target.names().of(shape.columns().get(place))).toList();
        session.rows().take(session, target, names, () -> {
            FoldFiller filler = FoldFiller.ofFields(rows(new BitSet()), fields, shape.keyPlaces());
            try (RowQuery keys = RowQuery.of(shape, shape.keyPlaces(), target, filler, fold.keys()).open()) {
                session.run(keys.stream(), "CREATE OR REPLACE TEMP TABLE millrace_keys AS " + keys.sql());
                keys.checkFit(shape.table());
            }
            return "temp.millrace_keys";
        });
    }

    private void findPartial() {
        FoldedRow scratch = new FoldedRow(fields);
        for (int key = 0; key < fold.keys(); key++) {
            if (fold.isPartial(key, scratch)) {
                partial.set(key);
            }
        }
    }

    private void delete() {
        if (fold.keys() == 0) {
            return;
        }
        FoldFiller filler = FoldFiller.ofFields(rows(new BitSet()), fields, shape.keyPlaces());
        try (RowQuery keys = RowQuery.of(shape, shape.keyPlaces(), target, filler, fold.keys()).open()) {
            session.run(
                    keys.stream(),
                    "DELETE FROM %s AS t USING (%s) AS s WHERE %s".formatted(target.sql(), keys.sql(), keysMatch("s", "")));
            keys.checkFit(shape.table());
        }
    }

    private void insertWhole() {
        int count = fold.keys() - partial.cardinality();
        if (count == 0) {
            return;
        }
        FoldFiller filler = FoldFiller.ofRows(rows(partial), fields);
        try (RowQuery rows = RowQuery.of(shape, target, filler, count)
                .add(ColumnWriters.ofFlag(), system.deleted())
                .open()) {
            session.run(rows.stream(), insert("(" + rows.sql() + ")", synced));
            rows.checkFit(shape.table());
        }
    }

    /// Completes the rows of which some values are known only here, and keeps them until the old ones are out.
    private void resolve() {
        FoldFiller filler = FoldFiller.ofPartialRows(rows(inverse()), fields, shape.keyPlaces());
        RowQuery.Builder builder = RowQuery.of(shape, target, filler, partial.cardinality())
                .add(ColumnWriters.ofFlag(), RowQuery.OWN + "deleted");
        builder.addLookup(shape);
        try (RowQuery rows = builder.open()) {
            session.run(
                    rows.stream(),
                    "CREATE OR REPLACE TEMP TABLE millrace_resolved AS SELECT %s, p.\"%sdeleted\" AS %s, %s AS %s, %s AS \"%2$sfound\""
                                    .formatted(
                                            resolvedColumns(),
                                            RowQuery.OWN,
                                            system.quotedDeleted(),
                                            resolvedSynced(),
                                            system.quotedSynced(),
                                            found())
                            + " FROM (%s) AS p LEFT JOIN %s AS t ON %s"
                                    .formatted(rows.sql(), target.sql(), keysMatch("p", RowQuery.OWN + "base ")));
            rows.checkFit(shape.table());
        }
        long missing = session.queryLong("SELECT count(*) FROM %s WHERE NOT \"%sfound\" AND NOT %s"
                .formatted(RESOLVED, RowQuery.OWN, system.quotedDeleted()));
        if (missing > 0) {
            throw new MissingRow(shape.table(), missing);
        }
    }

    /// Whether the join has found a row with the values that are left out: the key is null only where it has not. What a row held when it
    /// left a filter is nothing to a row that comes back, which may have changed outside.
    private String found() {
        String found = "t.%s IS NOT NULL".formatted(target.quoted(shape.columns().get(shape.keyPlaces().getFirst())));
        boolean mayComeBack = !shape.filter().isEmpty() && mode == SyncMode.SOFT_DELETE;
        return mayComeBack ? "%s AND (p.\"%sdeleted\" OR NOT t.%s)".formatted(found, RowQuery.OWN, system.quotedDeleted()) : found;
    }

    /// A row that had ended before, and ends, is left as it is.
    private String resolvedSynced() {
        return mode == SyncMode.LIVE
                ? synced
                : "CASE WHEN p.\"%sdeleted\" AND t.%s THEN t.%s ELSE %s END"
                        .formatted(RowQuery.OWN, system.quotedDeleted(), system.quotedSynced(), synced);
    }

    private String resolvedColumns() {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < fields; i++) {
            String name = target.quoted(shape.columns().get(i));
            items.add("CASE WHEN (p.\"%smask%d\" & %d) <> 0 THEN t.%s ELSE p.%4$s END AS %4$s"
                    .formatted(RowQuery.OWN, i / FoldFiller.MASK_BITS, 1L << i % FoldFiller.MASK_BITS, name));
        }
        return String.join(", ", items);
    }

    private void insertResolved() {
        session.run(insert("(FROM %s WHERE \"%sfound\")".formatted(RESOLVED, RowQuery.OWN), system.quotedSynced()));
        session.run("DROP TABLE " + RESOLVED);
    }

    /// Takes rows in that have all columns and the mark; in LIVE mode without the mark, and without those that have it.
    ///
    /// @param stamp the SQL expression of when each was written
    private String insert(String rows, String stamp) {
        return switch (mode) {
            case SOFT_DELETE, HISTORY ->
                "INSERT INTO %s (%s, %s, %s) SELECT %2$s, %3$s, %s FROM %s"
                        .formatted(target.sql(), columnList(), system.quotedDeleted(), system.quotedSynced(), stamp, rows);
            case LIVE ->
                "INSERT INTO %s (%s, %s) SELECT %2$s, %s FROM %s WHERE NOT %s"
                        .formatted(target.sql(), columnList(), system.quotedSynced(), stamp, rows, system.quotedDeleted());
        };
    }

    private String columnList() {
        return String.join(", ", shape.columns().stream().map(target::quoted).toList());
    }

    private String keysMatch(String other, String prefix) {
        List<String> conditions = new ArrayList<>();
        for (int place : shape.keyPlaces()) {
            String name = target.names().of(shape.columns().get(place));
            conditions.add("t.%s = %s.%s".formatted(TableName.quote(name), other, TableName.quote(prefix + name)));
        }
        return String.join(" AND ", conditions);
    }

    private BitSet inverse() {
        BitSet whole = (BitSet) partial.clone();
        whole.flip(0, fold.keys());
        return whole;
    }

    /// The rows of the fold, except those of some keys.
    private FoldFiller.Rows rows(BitSet except) {
        int[] next = {0};
        return into -> {
            int key = except.nextClearBit(next[0]);
            if (key >= fold.keys()) {
                return false;
            }
            fold.read(key, into);
            next[0] = key + 1;
            return true;
        };
    }
}
