package dev.millrace.destination.postgres;

import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.fold.MultisetHistoryFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.Widening;
import dev.millrace.destination.postgres.wire.OwnColumn;
import java.util.ArrayList;
import java.util.List;

/// Brings changes to the history of a table without a key: rows that began are open versions, and for each row that ended one open
/// version with the same values is closed, the oldest first, since one of several equal rows is as good as another.
final class MultisetHistory {

    private static final List<OwnColumn> OF_BEGUN = List.of(
            new OwnColumn("n", OwnColumn.Type.NUMBER),
            new OwnColumn("at", OwnColumn.Type.MOMENT),
            new OwnColumn("epoch", OwnColumn.Type.NUMBER),
            new OwnColumn("ends", OwnColumn.Type.FLAG),
            new OwnColumn("until", OwnColumn.Type.MOMENT));
    private static final List<OwnColumn> OF_ENDED = List.of(
            new OwnColumn("n", OwnColumn.Type.NUMBER),
            new OwnColumn("at", OwnColumn.Type.MOMENT),
            new OwnColumn("epoch", OwnColumn.Type.NUMBER),
            new OwnColumn("replaced", OwnColumn.Type.FLAG));

    /// When a version ends: by a change, or by the truncate behind it.
    private static final String CLOSING = "coalesce(m.ended, m.until)";
    private static final String END = "greatest(m.begun, " + CLOSING + " - CASE WHEN m.replaced THEN interval '1 millisecond' ELSE interval '0' END)";

    private final TargetSession session;
    private final Merge merge;
    private final SystemColumns system;
    private final TargetTable target;
    private final Shape shape;

    MultisetHistory(Merge merge, TargetTable target, Shape shape) {
        this.session = merge.session();
        this.merge = merge;
        this.system = merge.system();
        this.target = target;
        this.shape = shape;
    }

    private record Begun(MultisetHistoryFold fold) implements StagedRows.Rows {

        @Override
        public int count() {
            return fold.begunRows();
        }

        @Override
        public void read(int number, FoldedRow into, long[] own) {
            fold.readBegun(number, into);
            int epoch = fold.begunIn(number);
            boolean ends = epoch < fold.lastEpoch();
            own[0] = number;
            own[1] = fold.begunAt(number);
            own[2] = epoch;
            own[3] = ends ? 1 : 0;
            own[4] = ends ? fold.truncatedAt(epoch) : 0;
        }
    }

    private record Ended(MultisetHistoryFold fold) implements StagedRows.Rows {

        @Override
        public int count() {
            return fold.endedRows();
        }

        @Override
        public void read(int number, FoldedRow into, long[] own) {
            fold.readEnded(number, into);
            own[0] = number;
            own[1] = fold.endedAt(number);
            own[2] = fold.endedIn(number);
            own[3] = fold.isReplaced(number) ? 1 : 0;
        }
    }

    void run(MultisetHistoryFold fold) {
        if (fold.begunRows() == 0 && fold.endedRows() == 0 && fold.lastEpoch() == 0) {
            return;
        }
        StagedRows staging = new StagedRows(target, shape, merge.types());
        String begun = staging.stage(session, merge.stages(), new Begun(fold), OF_BEGUN).table();
        String ended = staging.stage(session, merge.stages(), new Ended(fold), OF_ENDED).table();
        List<Long> matched = session.query(
                "WITH " + matched(fold, begun, ended) + ", closed AS (UPDATE " + target.sql() + " t SET " + system.quotedEnd() + " = " + END + ", "
                        + system.quotedActive() + " = false, " + system.quotedSynced() + " = " + merge.synced() + " FROM matched m WHERE t.ctid = m.here AND "
                        + CLOSING + " <> m.begun), never AS (DELETE FROM " + target.sql() + " t USING matched m WHERE t.ctid = m.here AND " + CLOSING
                        + " = m.begun), written AS (" + insert(begun) + ") SELECT count(ended) FROM matched",
                row -> row.getLong(1));
        if (matched.getFirst() < fold.endedRows()) {
            throw new MissingRow(shape.table(), fold.endedRows() - matched.getFirst());
        }
    }

    private String id() {
        return RowId.of(target, shape, place -> "s.c" + place);
    }

    /// The open versions that may end, and those that began, together with what ends them.
    private String matched(MultisetHistoryFold fold, String begun, String ended) {
        boolean truncated = fold.lastEpoch() > 0;
        String until = truncated ? Times.ofMicros(fold.truncatedAt(0)) : "NULL::timestamptz";
        return "removed AS (SELECT x.id, x.at AS moment, x.epoch, x.replaced, row_number() OVER (PARTITION BY x.epoch, x.id ORDER BY x.n) AS place"
                + " FROM (SELECT " + id() + " AS id, s.n, s.at, s.epoch, s.replaced FROM " + ended + " s) x), "
                + "candidates AS (SELECT t.ctid AS here, t." + system.quotedId() + " AS id, -1::bigint AS n, 0::bigint AS epoch, t." + system.quotedStart()
                + " AS begun, " + until + " AS until FROM " + target.sql() + " t WHERE t." + system.quotedActive()
                + (truncated ? "" : " AND t." + system.quotedId() + " IN (SELECT id FROM removed WHERE epoch = 0)")
                + " UNION ALL SELECT NULL::tid, " + id() + ", s.n, s.epoch, s.at, CASE WHEN s.ends THEN s.until END FROM " + begun + " s), "
                + "numbered AS (SELECT *, row_number() OVER (PARTITION BY epoch, id ORDER BY n, begun) AS place FROM candidates), "
                + "matched AS (SELECT c.*, r.moment AS ended, coalesce(r.replaced, false) AS replaced FROM numbered c LEFT JOIN removed r"
                + " ON r.epoch = c.epoch AND r.id = c.id AND r.place = c.place)";
    }

    /// Writes the versions that began, open or closed; those that began and ended at one moment were never seen.
    private String insert(String begun) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int place = 0; place < shape.columns().size(); place++) {
            names.add(target.quoted(shape.columns().get(place)));
            values.add("s.c" + place);
        }
        names.addAll(List.of(system.quotedStart(), system.quotedEnd(), system.quotedActive(), system.quotedSynced(), system.quotedId()));
        values.addAll(List.of(
                "m.begun",
                "CASE WHEN " + CLOSING + " IS NULL THEN " + Times.OPEN_END + " ELSE " + END + " END",
                CLOSING + " IS NULL",
                merge.synced(),
                "m.id"));
        return "INSERT INTO " + target.sql() + " (" + String.join(", ", names) + ") SELECT " + String.join(", ", values) + " FROM " + begun
                + " s JOIN matched m ON m.n = s.n WHERE " + CLOSING + " IS NULL OR " + CLOSING + " <> m.begun";
    }

    /// Takes the versions of the table over that this one, a copy of it, replaces: each equal open version lends its start to a row of the
    /// copy; the others are closed.
    ///
    /// @param gone the SQL expression of when the versions ended that the copy lacks
    void takeOver(TargetTable old, String gone) {
        String id = system.quotedId();
        String start = system.quotedStart();
        String numbered = "row_number() OVER (PARTITION BY " + id + " ORDER BY " + start + ") AS \"millrace place\"";
        session.run("UPDATE " + target.sql() + " b SET " + start + " = o." + start + " FROM (SELECT ctid AS here, " + id + ", " + numbered + " FROM "
                + target.sql() + ") x JOIN (SELECT " + id + ", " + start + ", " + numbered + " FROM " + old.sql() + " WHERE " + system.quotedActive()
                + ") o USING (" + id + ", \"millrace place\") WHERE b.ctid = x.here");
        List<String> names = new ArrayList<>();
        List<String> closed = new ArrayList<>();
        List<String> ended = new ArrayList<>();
        old.columns().forEach((column, type) -> {
            String quoted = TableName.quote(column);
            String value = Widening.carry("o." + quoted, type, target.typeOf(column));
            names.add(quoted);
            closed.add(value);
            ended.add(
                    column.equals(system.end())
                            ? "greatest(o." + start + ", " + gone + ")"
                            : column.equals(system.active()) ? "false" : column.equals(system.synced()) ? merge.synced() : value);
        });
        session.run("INSERT INTO " + target.sql() + " (" + String.join(", ", names) + ") SELECT " + String.join(", ", ended) + " FROM (SELECT *, " + numbered
                + " FROM " + old.sql() + " WHERE " + system.quotedActive() + ") o LEFT JOIN (SELECT " + id + " AS counted, count(*) AS n FROM " + target.sql()
                + " GROUP BY 1) c ON c.counted = o." + id + " WHERE o.\"millrace place\" > coalesce(c.n, 0) UNION ALL SELECT " + String.join(", ", closed)
                + " FROM " + old.sql() + " o WHERE NOT o." + system.quotedActive());
    }
}
