package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.fold.MultisetFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.FoldFiller;
import java.util.List;

/// Brings a fold to a table without a key: in with the added rows, then for each removed row one live row with the same values is
/// marked.
final class MultisetMerge {

    private final DuckSession session;
    private final SystemColumns system;
    private final String synced;
    private final TargetTable target;
    private final SyncMode mode;
    private final MultisetFold fold;
    private final Shape shape;
    private final int fields;

    MultisetMerge(DuckSession session, SystemColumns system, String synced, TargetTable target, MultisetFold fold) {
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
        if (fold.addedRows() > 0) {
            insert();
        }
        if (fold.removedRows() > 0) {
            mark();
        }
    }

    private void insert() {
        FoldFiller filler = FoldFiller.ofRows(rows(fold.addedRows(), fold::readAdded), fields);
        try (RowQuery rows = RowQuery.of(shape, target, filler, fold.addedRows())
                .add(ColumnWriters.ofFlag(), system.deleted())
                .open()) {
            session.run(rows.stream(), insert(rows.sql()));
            rows.checkFit(shape.table());
        }
    }

    private String insert(String rows) {
        String columns = String.join(", ", shape.columns().stream().map(target::quoted).toList());
        return switch (mode) {
            case SOFT_DELETE, HISTORY ->
                "INSERT INTO %s (%s, %s, %s, %s) SELECT *, %s, %s FROM (%s)"
                        .formatted(
                                target.sql(),
                                columns,
                                system.quotedDeleted(),
                                system.quotedSynced(),
                                system.quotedId(),
                                synced,
                                id(target, shape),
                                rows);
            case LIVE ->
                "INSERT INTO %s (%s, %s, %s) SELECT %2$s, %s, %s FROM (%s) WHERE NOT %s"
                        .formatted(
                                target.sql(),
                                columns,
                                system.quotedSynced(),
                                system.quotedId(),
                                synced,
                                id(target, shape),
                                rows,
                                system.quotedDeleted());
        };
    }

    private void mark() {
        FoldFiller filler = FoldFiller.ofRows(rows(fold.removedRows(), fold::readRemoved), fields);
        try (RowQuery rows = RowQuery.of(shape, target, filler, fold.removedRows())
                .add(ColumnWriters.ofFlag(), system.deleted())
                .open()) {
            session.run(
                    rows.stream(),
                    "CREATE OR REPLACE TEMP TABLE millrace_removed AS SELECT %s AS id, count(*) AS n FROM (%s) GROUP BY 1"
                            .formatted(id(target, shape), rows.sql()));
            rows.checkFit(shape.table());
        }
        session.rows().take(session, target, List.of(system.id()), () -> {
            session.run("CREATE OR REPLACE TEMP TABLE millrace_ids AS SELECT id AS %s FROM temp.millrace_removed".formatted(system.quotedId()));
            return "temp.millrace_ids";
        });
        switch (mode) {
            case SOFT_DELETE, HISTORY -> replace();
            case LIVE -> remove();
        }
    }

    /// Takes the rows that are equal to removed ones out, and puts back as many as were not removed.
    private void remove() {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_marked AS
                SELECT t.*, r.n AS "millrace n", row_number() OVER (PARTITION BY r.id) AS "millrace k"
                FROM %s AS t JOIN temp.millrace_removed AS r ON t.%s = r.id"""
                .formatted(target.sql(), system.quotedId()));
        long removed = session.queryLong("SELECT count(*) FROM temp.millrace_marked WHERE \"millrace k\" <= \"millrace n\"");
        if (removed < fold.removedRows()) {
            throw new MissingRow(shape.table(), fold.removedRows() - removed);
        }
        session.run("DELETE FROM %s AS t USING temp.millrace_removed AS r WHERE t.%s = r.id".formatted(target.sql(), system.quotedId()));
        session.run("""
                INSERT INTO %s BY NAME
                SELECT * EXCLUDE ("millrace n", "millrace k") FROM temp.millrace_marked WHERE "millrace k" > "millrace n\""""
                .formatted(target.sql()));
        session.run("DROP TABLE temp.millrace_marked");
        session.run("DROP TABLE temp.millrace_removed");
    }

    /// Takes the live rows that are equal to removed ones out, and puts them back with as many of them marked as were removed: one of
    /// several equal rows is as good as another.
    private void replace() {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_marked AS
                SELECT * EXCLUDE ("millrace n", "millrace k")
                    REPLACE ("millrace k" <= "millrace n" AS %1$s, CASE WHEN "millrace k" <= "millrace n" THEN %2$s ELSE %3$s END AS %3$s)
                FROM (
                    SELECT t.*, r.n AS "millrace n", row_number() OVER (PARTITION BY r.id) AS "millrace k"
                    FROM %4$s AS t JOIN temp.millrace_removed AS r ON t.%5$s = r.id WHERE NOT t.%1$s)"""
                .formatted(system.quotedDeleted(), synced, system.quotedSynced(), target.sql(), system.quotedId()));
        long marked = session.queryLong("SELECT count(*) FROM temp.millrace_marked WHERE " + system.quotedDeleted());
        if (marked < fold.removedRows()) {
            throw new MissingRow(shape.table(), fold.removedRows() - marked);
        }
        session.run("DELETE FROM %s AS t USING temp.millrace_removed AS r WHERE t.%s = r.id AND NOT t.%s"
                .formatted(target.sql(), system.quotedId(), system.quotedDeleted()));
        session.run("INSERT INTO %s BY NAME FROM temp.millrace_marked".formatted(target.sql()));
        session.run("DROP TABLE temp.millrace_marked");
        session.run("DROP TABLE temp.millrace_removed");
    }

    /// The SQL expression of a row's identity: a hash of the names at the source and the values of all columns that are not null, so that a
    /// column that is added and still null everywhere changes none.
    ///
    /// @param target says what the columns are called
    static String id(TargetTable target, Shape shape) {
        List<String> parts = shape.columns().stream()
                .map(column -> {
                    String name = target.quoted(column);
                    String label = column.name().replace("'", "''");
                    return "'%s=' || length(CAST(%s AS VARCHAR)) || ':' || CAST(%2$s AS VARCHAR) || ';'".formatted(label, name);
                })
                .toList();
        return "CAST(md5(concat(%s)) AS UUID)".formatted(parts.isEmpty() ? "''" : String.join(", ", parts));
    }

    /// Reads a row of the fold by number.
    @FunctionalInterface
    private interface Reader {
        void read(int number, FoldedRow into);
    }

    private static FoldFiller.Rows rows(int count, Reader reader) {
        int[] next = {0};
        return into -> {
            if (next[0] == count) {
                return false;
            }
            reader.read(next[0]++, into);
            return true;
        };
    }
}
