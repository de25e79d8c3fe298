package dev.millrace.destination.postgres;

import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.fold.KeyedHistoryFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.destination.postgres.StagedRows.Staged;
import dev.millrace.destination.postgres.type.Widening;
import dev.millrace.destination.postgres.wire.OwnColumn;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// Brings events to the history of a table with a key: the open version of each touched key is closed, and versions are added.
///
/// Events are put in a table of their own first; then one statement closes what they end and inserts what they begin, so that the values
/// which an event leaves out are still to be read from the version that it ends.
final class KeyedHistory {

    /* An event's time is its commit time, or a millisecond behind the time of the event before it in the history of its key if that is
       later: for the i-th event of a key i + the greatest of (commit time - i) so far, in milliseconds. Versions of a key never overlap, so
       what its history says so far is said by the version that began last. */

    private static final List<OwnColumn> NUMBERS = List.of(
            new OwnColumn("n", OwnColumn.Type.NUMBER),
            new OwnColumn("k", OwnColumn.Type.NUMBER),
            new OwnColumn("at", OwnColumn.Type.MOMENT),
            new OwnColumn("live", OwnColumn.Type.FLAG),
            new OwnColumn("joins", OwnColumn.Type.FLAG),
            new OwnColumn("inserts", OwnColumn.Type.FLAG),
            new OwnColumn("first", OwnColumn.Type.FLAG));

    private static final String MILLISECOND = "interval '1 millisecond'";

    private final TargetSession session;
    private final Merge merge;
    private final SystemColumns system;
    private final TargetTable target;
    private final Shape shape;
    private final RowKey key;

    /// The history of a table in HISTORY mode.
    KeyedHistory(Merge merge, TargetTable target, Shape shape) {
        this.session = merge.session();
        this.merge = merge;
        this.system = merge.system();
        this.target = target;
        this.shape = shape;
        this.key = new RowKey(shape, target);
    }

    /// Brings the events of changes.
    ///
    /// @param earlier the transaction whose first changes were brought just before; its events join those
    void happen(KeyedHistoryFold fold, long earlier) {
        if (fold.events() == 0 && !fold.truncated()) {
            return;
        }
        StagedRows staging = new StagedRows(target, shape, merge.types());
        Events events = new Events(fold, earlier);
        Staged staged = staging.stage(session, merge.stages(), events, NUMBERS);
        String bases = staged.hasPartial()
                ? " LEFT JOIN " + target.sql() + " t ON t." + system.quotedActive() + " AND " + staging.completes(staged)
                : "";
        if (fold.insertedAlive() || events.hasInserts && insertsAlive(staged)) {
            leaveOutRepetitions(staged, bases);
        }
        if (staged.hasPartial()) {
            checkMissing(staged, bases);
        }
        if (fold.truncated()) {
            session.run(merge.truncation(
                    target,
                    fold.truncatedAt(),
                    1_000,
                    " AND NOT EXISTS (SELECT 1 FROM " + staged.table() + " s WHERE s.first AND " + key.matches() + ")"));
        }
        apply(staged, bases);
    }

    /// The events of a fold, each with what is to be known of it.
    private static final class Events implements StagedRows.Rows {
        private final KeyedHistoryFold fold;
        private final long earlier;
        private final BitSet first = new BitSet();
        private boolean hasInserts;

        Events(KeyedHistoryFold fold, long earlier) {
            this.fold = fold;
            this.earlier = earlier;
            BitSet seen = new BitSet();
            for (int event = 0; event < fold.events(); event++) {
                first.set(event, !seen.get(fold.key(event)));
                seen.set(fold.key(event));
                hasInserts |= fold.inserts(event);
            }
        }

        @Override
        public int count() {
            return fold.events();
        }

        @Override
        public void read(int event, FoldedRow into, long[] own) {
            fold.read(event, into);
            own[0] = event;
            own[1] = fold.key(event);
            own[2] = fold.at(event);
            own[3] = into.live() ? 1 : 0;
            own[4] = fold.xid(event) == earlier ? 1 : 0;
            own[5] = fold.inserts(event) ? 1 : 0;
            own[6] = first.get(event) ? 1 : 0;
        }
    }

    /// Whether some key that lives begins with an insert.
    private boolean insertsAlive(Staged staged) {
        return session.query(
                        "SELECT EXISTS (SELECT 1 FROM " + staged.table() + " s JOIN " + target.sql() + " t ON t." + system.quotedActive() + " AND "
                                + key.matches() + " WHERE s.first AND s.inserts)",
                        row -> row.getBoolean(1))
                .getFirst();
    }

    /// Leaves out inserts that bring what is there: each that is equal to the event before it, or, if it is the first of its key, to the open
    /// version. The log has none, and pays for none.
    private void leaveOutRepetitions(Staged staged, String bases) {
        List<String> values = new ArrayList<>();
        for (int place : places()) {
            values.add(StagedRows.value(staged, place, "t." + name(place)) + " AS c" + place);
        }
        String whole = "SELECT s.n, s.live, s.inserts, lag(s.n) OVER (PARTITION BY s.k ORDER BY s.n) AS previous, " + String.join(", ", values) + " FROM "
                + staged.table() + " s" + bases;
        long repetitions = session.run("WITH whole AS (" + whole + ") DELETE FROM " + staged.table() + " WHERE n IN ("
                + "SELECT e.n FROM whole e JOIN whole o ON o.n = e.previous WHERE e.inserts AND o.live AND " + isSame(columns("o.c%d"), columns("e.c%d"))
                + " UNION ALL SELECT s.n FROM " + staged.table() + " s JOIN " + target.sql() + " t ON " + key.matches() + " WHERE s.inserts AND s.first AND t."
                + system.quotedActive() + " AND " + isSame(names("t."), columns("s.c%d")) + ")");
        if (repetitions > 0) {
            session.run("UPDATE " + staged.table() + " s SET first = true WHERE NOT s.first AND NOT EXISTS (SELECT 1 FROM " + staged.table()
                    + " o WHERE o.k = s.k AND o.n < s.n)");
        }
    }

    private void checkMissing(Staged staged, String bases) {
        long missing = session.queryLong("SELECT count(*) FROM " + staged.table() + " s" + bases + " WHERE s.live AND s.partial AND t."
                + system.quotedActive() + " IS NULL");
        if (missing > 0) {
            throw new MissingRow(shape.table(), missing);
        }
    }

    private void apply(Staged staged, String bases) {
        String first = " FROM timed f JOIN " + staged.table() + " s ON s.k = f.k AND s.first WHERE f.first AND %s t." + system.quotedActive() + " AND "
                + key.matches();
        String closed = "UPDATE " + target.sql() + " t SET " + system.quotedEnd() + " = CASE WHEN f.live THEN f.t - " + MILLISECOND + " ELSE f.t END, "
                + system.quotedActive() + " = false, " + system.quotedSynced() + " = " + merge.synced() + first.replace("%s", "NOT f.joined AND");
        String replaced = "DELETE FROM " + target.sql() + " t USING " + first.replace("%s", "f.joined AND").substring(" FROM ".length());
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int place : places()) {
            names.add(name(place));
            values.add(StagedRows.value(staged, place, "t." + name(place)));
        }
        names.addAll(List.of(system.quotedStart(), system.quotedEnd(), system.quotedActive(), system.quotedSynced()));
        values.addAll(List.of(
                "f.t",
                "CASE WHEN f.next IS NULL THEN " + Times.OPEN_END + " WHEN f.next_live THEN f.next - " + MILLISECOND + " ELSE f.next END",
                "f.next IS NULL",
                merge.synced()));
        session.run("WITH " + timed(staged) + ", closed AS (" + closed + "), replaced AS (" + replaced + ") INSERT INTO " + target.sql() + " ("
                + String.join(", ", names) + ") SELECT " + String.join(", ", values) + " FROM " + staged.table() + " s JOIN timed f ON f.n = s.n" + bases
                + " WHERE f.live");
    }

    /// Each event with its time, without ends of what had ended.
    private String timed(Staged staged) {
        String latest = "SELECT t." + system.quotedActive() + " AS open, CASE WHEN t." + system.quotedActive() + " THEN t." + system.quotedStart()
                + " ELSE t." + system.quotedEnd() + " END AS known, t." + system.quotedActive() + " AND s.joins AND t." + system.quotedStart()
                + " = s.at AS joined FROM " + target.sql() + " t WHERE " + key.matches() + " ORDER BY t." + system.quotedStart() + " DESC LIMIT 1";
        return "before AS (SELECT s.k, v.open, v.joined, CASE WHEN NOT v.joined THEN v.known END AS known FROM " + staged.table()
                + " s CROSS JOIN LATERAL (" + latest + ") v WHERE s.first), "
                + "happened AS (SELECT s.n, s.k, s.at, s.live, b.known, b.open, coalesce(b.joined, false) AS joined, lag(s.live) OVER (PARTITION BY s.k"
                + " ORDER BY s.n) AS was FROM " + staged.table() + " s LEFT JOIN before b ON b.k = s.k), "
                + "counted AS (SELECT *, row_number() OVER (PARTITION BY k ORDER BY n) AS i FROM happened WHERE live OR coalesce(was, open)), "
                + "placed AS (SELECT n, k, live, joined, i, i * " + MILLISECOND + " + greatest(max(at - i * " + MILLISECOND
                + ") OVER (PARTITION BY k ORDER BY n), known) AS t FROM counted), "
                + "timed AS (SELECT n, k, live, joined, t, i = 1 AS first, lead(t) OVER w AS next, lead(live) OVER w AS next_live FROM placed"
                + " WINDOW w AS (PARTITION BY k ORDER BY n))";
    }

    /// Lets the histories go on with those of a copy of the table, which has every column of the shape: an open version that is equal to
    /// the first one of the copy goes on as it is.
    ///
    /// @param gone the SQL expression of when the versions ended whose keys the copy lacks
    void goOn(TargetTable copy, String gone) {
        String table = merge.stages().empty(shape.columns().stream().map(target::typeOf).toList(), NUMBERS);
        List<String> values = new ArrayList<>();
        for (int place : places()) {
            Column column = shape.columns().get(place);
            values.add(Widening.carry(copy.quoted(column), copy.typeOf(column), target.typeOf(column)) + " AS c" + place);
        }
        String all = String.join(", ", columns("c%d"));
        String keys = String.join(", ", groups());
        String same = key.matches() + " AND t." + system.quotedActive();
        session.run("INSERT INTO " + table + " WITH versions AS (SELECT " + all + ", b, e, a, lead(b) OVER w AS follower, row_number() OVER w AS i FROM (SELECT "
                + String.join(", ", values) + ", " + system.quotedStart() + " AS b, " + system.quotedEnd() + " AS e, " + system.quotedActive() + " AS a FROM "
                + copy.sql() + ") q WINDOW w AS (PARTITION BY " + keys + " ORDER BY b)), "
                + "happened AS (SELECT " + all + ", b AS at, true AS live, 2 * i AS place FROM versions"
                + " UNION ALL SELECT " + all + ", e, false, 2 * i + 1 FROM versions WHERE NOT a AND (follower IS NULL OR follower <> e + " + MILLISECOND + ")"
                + " UNION ALL SELECT " + String.join(", ", names("t.")) + ", " + gone + ", false, 0 FROM " + target.sql() + " t WHERE t."
                + system.quotedActive() + " AND NOT EXISTS (SELECT 1 FROM versions s WHERE " + key.matches() + ")), "
                + "numbered AS (SELECT *, dense_rank() OVER (ORDER BY " + keys + ") AS k FROM happened s WHERE NOT (place = 2 AND EXISTS (SELECT 1 FROM "
                + target.sql() + " t WHERE " + same + " AND " + isSame(names("t."), columns("s.c%d")) + "))) "
                + "SELECT " + all + ", row_number() OVER (ORDER BY k, place), k, at, live, false, false, row_number() OVER (PARTITION BY k ORDER BY place) = 1"
                + " FROM numbered");
        apply(new Staged(table, false, false), "");
    }

    /// What staged rows are grouped by so that those of one key are together.
    private List<String> groups() {
        return shape.keyPlaces().stream().flatMap(place -> key.groups(place, "c" + place).stream()).toList();
    }

    private List<Integer> places() {
        return IntStream.range(0, shape.columns().size()).boxed().toList();
    }

    private String name(int place) {
        return target.quoted(shape.columns().get(place));
    }

    private List<String> names(String before) {
        return places().stream().map(place -> before + name(place)).toList();
    }

    private List<String> columns(String form) {
        return places().stream().map(form::formatted).toList();
    }

    /// The condition that two rows are the same to whoever reads them, byte for byte, which is more than what PostgreSQL calls equal: to it 0 is
    /// -0, and a month thirty days.
    private static String isSame(List<String> one, List<String> other) {
        return "record_image_eq(ROW(" + String.join(", ", one) + "), ROW(" + String.join(", ", other) + "))";
    }
}
