package dev.millrace.destination.duckdb;

import dev.millrace.core.fold.MultisetHistoryFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.EventFiller;
import java.util.List;

/// Brings changes to the history of a table without a key: rows that began are open versions, and for each row that ended one open
/// version with the same values is closed, the oldest first, since one of several equal rows is as good as another.
final class MultisetHistory {

    private static final String BEGUN = "temp.millrace_begun";
    private static final String ENDED = "temp.millrace_ended";
    private static final String OPEN = "temp.millrace_open";

    private final DuckSession session;
    private final SystemColumns system;
    private final String synced;
    private final TargetTable target;
    private final MultisetHistoryFold fold;
    private final Shape shape;

    MultisetHistory(DuckSession session, SystemColumns system, String synced, TargetTable target, MultisetHistoryFold fold) {
        this.session = session;
        this.system = system;
        this.synced = synced;
        this.target = target;
        this.fold = fold;
        this.shape = fold.shape();
    }

    void run() {
        if (fold.begunRows() == 0 && fold.endedRows() == 0 && fold.lastEpoch() == 0) {
            return;
        }
        stageBegun();
        stageEnded();
        if (fold.lastEpoch() > 0) {
            session.rows().takeAll(session, target);
        } else {
            session.rows().take(session, target, List.of(system.id()), () -> {
                session.run("CREATE OR REPLACE TEMP TABLE millrace_ids AS SELECT DISTINCT id AS %s FROM %s".formatted(system.quotedId(), ENDED));
                return "temp.millrace_ids";
            });
        }
        match();
        session.run("DELETE FROM %s AS t USING %s AS r WHERE t.%s = r.id AND r.epoch = 0 AND t.%s"
                .formatted(target.sql(), ENDED, system.quotedId(), system.quotedActive()));
        if (fold.lastEpoch() > 0) {
            session.run(Merge.truncation(system, synced, target, fold.truncatedAt(0), 0));
        }
        insert();
        List.of(BEGUN, ENDED, OPEN).forEach(table -> session.run("DROP TABLE " + table));
    }

    private void stageBegun() {
        List<String> numbers = List.of("n", "at", "epoch", "until");
        int[] next = {0};
        EventFiller filler = new EventFiller(
                (into, told) -> {
                    int row = next[0];
                    if (row == fold.begunRows()) {
                        return false;
                    }
                    fold.readBegun(next[0]++, into);
                    int epoch = fold.begunIn(row);
                    told[0] = row;
                    told[1] = fold.begunAt(row);
                    told[2] = epoch;
                    told[3] = epoch < fold.lastEpoch() ? fold.truncatedAt(epoch) : Long.MIN_VALUE;
                    return true;
                },
                shape.columns().size(),
                numbers.size(),
                List.of());
        RowQuery.Builder builder = RowQuery.of(shape, target, filler, fold.begunRows());
        numbers.forEach(name -> builder.add(ColumnWriters.ofLong(), RowQuery.OWN + name));
        try (RowQuery rows = builder.open()) {
            session.run(
                    rows.stream(),
                    "CREATE OR REPLACE TEMP TABLE millrace_begun AS SELECT *, %s AS %s, %s AS %s FROM (%s)"
                            .formatted(
                                    MultisetMerge.id(target, shape), system.quotedId(), synced, system.quotedSynced(), rows.sql()));
            rows.checkFit(shape.table());
        }
    }

    private void stageEnded() {
        List<String> numbers = List.of("n", "at", "epoch", "replaced");
        int[] next = {0};
        EventFiller filler = new EventFiller(
                (into, told) -> {
                    int row = next[0];
                    if (row == fold.endedRows()) {
                        return false;
                    }
                    fold.readEnded(next[0]++, into);
                    told[0] = row;
                    told[1] = fold.endedAt(row);
                    told[2] = fold.endedIn(row);
                    told[3] = fold.isReplaced(row) ? 1 : 0;
                    return true;
                },
                shape.columns().size(),
                numbers.size(),
                List.of());
        RowQuery.Builder builder = RowQuery.of(shape, target, filler, fold.endedRows());
        numbers.forEach(name -> builder.add(ColumnWriters.ofLong(), RowQuery.OWN + name));
        try (RowQuery rows = builder.open()) {
            session.run(
                    rows.stream(),
                    """
                    CREATE OR REPLACE TEMP TABLE millrace_ended AS
                    SELECT id, moment, epoch, replaced, row_number() OVER (PARTITION BY epoch, id ORDER BY n) AS place
                    FROM (SELECT %s AS id, "millrace n" AS n, "millrace at" AS moment, "millrace epoch" AS epoch,
                        "millrace replaced" = 1 AS replaced FROM (%s))"""
                            .formatted(MultisetMerge.id(target, shape), rows.sql()));
            rows.checkFit(shape.table());
        }
    }

    /// Puts the open versions that may end, and those that began, together with what ends them.
    private void match() {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_open AS
                SELECT o.*, r.moment AS "millrace ended", r.replaced AS "millrace replaced"
                FROM (
                    SELECT *, row_number() OVER (PARTITION BY "millrace epoch", %1$s ORDER BY "millrace n", %2$s) AS "millrace place"
                    FROM (
                        SELECT t.* EXCLUDE (%3$s, %4$s), -1 AS "millrace n", 0 AS "millrace epoch", epoch_us(t.%2$s) AS "millrace at",
                            CAST(%5$s AS BIGINT) AS "millrace until"
                        FROM %6$s AS t WHERE t.%4$s AND t.%1$s IN (SELECT id FROM %7$s WHERE epoch = 0)
                        UNION ALL BY NAME
                        SELECT *, make_timestamptz("millrace at") AS %2$s FROM %8$s)) AS o
                LEFT JOIN %7$s AS r ON r.epoch = o."millrace epoch" AND r.id = o.%1$s AND r.place = o."millrace place\""""
                .formatted(
                        system.quotedId(),
                        system.quotedStart(),
                        system.quotedEnd(),
                        system.quotedActive(),
                        fold.lastEpoch() > 0 ? Long.toString(fold.truncatedAt(0)) : Long.toString(Long.MIN_VALUE),
                        target.sql(),
                        ENDED,
                        BEGUN));
        long matched = session.queryLong("SELECT count(\"millrace ended\") FROM " + OPEN);
        if (matched < fold.endedRows()) {
            throw new MissingRow(shape.table(), fold.endedRows() - matched);
        }
    }

    /// Writes the versions, open or closed; those that began and ended at one moment were never seen.
    private void insert() {
        String none = Long.toString(Long.MIN_VALUE);
        session.run("""
                INSERT INTO %1$s BY NAME
                SELECT * EXCLUDE ("millrace n", "millrace epoch", "millrace at", "millrace until", "millrace place", "millrace ended",
                        "millrace replaced", "millrace closing")
                    REPLACE (CASE WHEN "millrace closing" IS NULL THEN %2$s ELSE %3$s END AS %2$s),
                    CASE WHEN "millrace closing" IS NULL THEN %4$s ELSE make_timestamptz(greatest("millrace at",
                        "millrace closing" - CASE WHEN "millrace replaced" THEN 1000 ELSE 0 END)) END AS %5$s,
                    "millrace closing" IS NULL AS %6$s
                FROM (
                    SELECT *, coalesce("millrace ended", CASE WHEN "millrace until" <> %7$s THEN "millrace until" END) AS "millrace closing"
                    FROM %8$s)
                WHERE "millrace closing" IS NULL OR "millrace closing" <> "millrace at\""""
                .formatted(
                        target.sql(),
                        system.quotedSynced(),
                        synced,
                        Merge.OPEN_END,
                        system.quotedEnd(),
                        system.quotedActive(),
                        none,
                        OPEN));
    }

    /// Takes the versions of the table over that this one, a copy of it, replaces: each equal open version lends its start to a row of the
    /// copy; the others are closed.
    ///
    /// @param gone the SQL expression of when the versions ended that the copy lacks
    void takeOver(TargetTable old, String gone) {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_open AS
                SELECT *, row_number() OVER (PARTITION BY %1$s ORDER BY %2$s) AS "millrace place" FROM %3$s WHERE %4$s"""
                .formatted(system.quotedId(), system.quotedStart(), old.sql(), system.quotedActive()));
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_begun AS
                SELECT *, row_number() OVER (PARTITION BY %1$s ORDER BY %2$s) AS "millrace place" FROM %3$s"""
                .formatted(system.quotedId(), system.quotedStart(), target.sql()));
        String same = "o.%1$s = b.%1$s AND o.\"millrace place\" = b.\"millrace place\"".formatted(system.quotedId());
        session.run("DELETE FROM " + target.sql());
        session.run("""
                INSERT INTO %1$s BY NAME
                SELECT b.* EXCLUDE ("millrace place") REPLACE (coalesce(o.%2$s, b.%2$s) AS %2$s)
                FROM %3$s AS b LEFT JOIN %4$s AS o ON %5$s"""
                .formatted(target.sql(), system.quotedStart(), BEGUN, OPEN, same));
        session.run("INSERT INTO %s BY NAME SELECT * FROM %s WHERE NOT %s".formatted(target.sql(), old.sql(), system.quotedActive()));
        session.run("""
                INSERT INTO %1$s BY NAME
                SELECT o.* EXCLUDE ("millrace place") REPLACE (greatest(o.%2$s, %3$s) AS %4$s, false AS %5$s, %6$s AS %7$s)
                FROM %8$s AS o WHERE NOT EXISTS (SELECT 1 FROM %9$s AS b WHERE %10$s)"""
                .formatted(
                        target.sql(),
                        system.quotedStart(),
                        gone,
                        system.quotedEnd(),
                        system.quotedActive(),
                        synced,
                        system.quotedSynced(),
                        OPEN,
                        BEGUN,
                        same));
        List.of(BEGUN, OPEN).forEach(table -> session.run("DROP TABLE " + table));
    }
}
