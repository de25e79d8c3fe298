package dev.millrace.destination.duckdb;

import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.fold.KeyedHistoryFold;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.Sameness;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.EventFiller;
import dev.millrace.destination.duckdb.vector.FoldFiller;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Brings events to the history of a table with a key: the open version of each touched key is closed, and versions are added.
///
/// Events are put in a table of their own first; then everything is done by few statements over all of them. What is closed is taken out
/// and put in again, which is faster than updating it in place.
final class KeyedHistory {

    /* Times are microseconds. An event's time is its commit time, or a millisecond behind the time of the event before it in the
       history of its key if that is later: for the i-th event of a key i + the greatest of (commit time - i) so far, in milliseconds. */

    private static final String EVENTS = "temp.millrace_events";
    private static final String BEFORE = "temp.millrace_before";
    private static final String TIMED = "temp.millrace_timed";
    private static final String CLOSED = "temp.millrace_closed";
    private static final String VERSIONS = "temp.millrace_versions";
    private static final List<String> NUMBERS = List.of("n", "key", "at", "live", "joins", "inserts", "first");

    private final DuckSession session;
    private final SystemColumns system;
    private final String synced;
    private final TargetTable target;
    private final Shape shape;

    /// The history of a table in HISTORY mode.
    ///
    /// @param synced the SQL expression of the time that rows are stamped with
    KeyedHistory(DuckSession session, SystemColumns system, String synced, TargetTable target, Shape shape) {
        this.session = session;
        this.system = system;
        this.synced = synced;
        this.target = target;
        this.shape = shape;
    }

    /// Brings the events of changes.
    ///
    /// @param earlier the transaction whose first changes were brought just before; its events join those
    void happen(KeyedHistoryFold fold, long earlier) {
        if (fold.events() == 0 && !fold.truncated()) {
            return;
        }
        boolean partial = fold.hasPartial();
        stage(fold, partial, earlier);
        if (fold.truncated()) {
            session.rows().takeAll(session, target);
        } else {
            List<String> names = shape.keyPlaces().stream().map(place -> target.names().of(shape.columns().get(place))).toList();
            session.rows().take(session, target, names, () -> EVENTS);
        }
        lookUp();
        if (fold.insertedAlive() || session.queryLong("SELECT count(*) FROM %s WHERE inserted".formatted(BEFORE)) > 0) {
            leaveOutRepetitions(partial);
        }
        apply(partial, fold.truncated() ? Merge.truncation(system, synced, target, fold.truncatedAt(), 1_000) : "");
    }

    private void stage(KeyedHistoryFold fold, boolean partial, long earlier) {
        int fields = shape.columns().size();
        EventFiller filler = new EventFiller(events(fold, earlier), fields, NUMBERS.size(), partial ? shape.keyPlaces() : List.of());
        RowQuery.Builder builder = RowQuery.of(shape, target, filler, fold.events());
        NUMBERS.forEach(name -> builder.add(ColumnWriters.ofLong(), RowQuery.OWN + name));
        if (partial) {
            builder.addLookup(shape);
        }
        try (RowQuery rows = builder.open()) {
            session.run(rows.stream(), "CREATE OR REPLACE TEMP TABLE millrace_events AS " + rows.sql());
            rows.checkFit(shape.table());
        }
    }

    private static EventFiller.Events events(KeyedHistoryFold fold, long earlier) {
        int[] next = {0};
        BitSet seen = new BitSet();
        return (FoldedRow into, long[] numbers) -> {
            int event = next[0];
            if (event == fold.events()) {
                return false;
            }
            next[0]++;
            fold.read(event, into);
            boolean first = !seen.get(fold.key(event));
            seen.set(fold.key(event));
            numbers[0] = event;
            numbers[1] = fold.key(event);
            numbers[2] = fold.at(event);
            numbers[3] = into.live() ? 1 : 0;
            numbers[4] = fold.xid(event) == earlier ? 1 : 0;
            numbers[5] = fold.inserts(event) ? 1 : 0;
            numbers[6] = first ? 1 : 0;
            return true;
        };
    }

    /// Lets the histories go on with those of a copy of the table, which has every column of the shape: an open version that is equal to
    /// the first one of the copy goes on as it is.
    ///
    /// @param gone the SQL expression of when the versions ended whose keys the copy lacks
    void goOn(TargetTable copy, String gone) {
        String keys = columns("%s", shape.keyPlaces());
        String all = columns("%s", places());
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_events AS
                WITH versions AS (
                    SELECT %1$s, %2$s AS "millrace s", %3$s AS "millrace e", %4$s AS "millrace a", lead(%2$s) OVER w AS "millrace follower",
                        row_number() OVER w AS "millrace i"
                    FROM %5$s WINDOW w AS (PARTITION BY %6$s ORDER BY %2$s)),
                happened AS (
                    SELECT %1$s, epoch_us("millrace s") AS "millrace at", 1 AS "millrace live", 2 * "millrace i" AS "millrace place"
                    FROM versions
                    UNION ALL
                    SELECT %1$s, epoch_us("millrace e"), 0, 2 * "millrace i" + 1 FROM versions WHERE NOT "millrace a"
                        AND ("millrace follower" IS NULL OR epoch_us("millrace follower") <> epoch_us("millrace e") + 1000)
                    UNION ALL
                    SELECT %1$s, epoch_us(%7$s), 0, 0 FROM %8$s AS o WHERE o.%4$s
                        AND NOT EXISTS (SELECT 1 FROM versions AS e WHERE %9$s)),
                numbered AS (
                    SELECT *, dense_rank() OVER (ORDER BY %6$s) AS "millrace key" FROM happened AS e
                    WHERE NOT ("millrace place" = 2 AND EXISTS (SELECT 1 FROM %8$s AS o WHERE o.%4$s AND %9$s AND %10$s)))
                SELECT %1$s, row_number() OVER (ORDER BY "millrace key", "millrace place") AS "millrace n", "millrace key", "millrace at",
                    "millrace live", 0 AS "millrace joins", 0 AS "millrace inserts",
                    CAST(row_number() OVER (PARTITION BY "millrace key" ORDER BY "millrace place") = 1 AS INTEGER) AS "millrace first"
                FROM numbered"""
                .formatted(
                        all,
                        system.quotedStart(),
                        system.quotedEnd(),
                        system.quotedActive(),
                        copy.sql(),
                        keys,
                        gone,
                        target.sql(),
                        match("o", "e", ""),
                        isSame("o", "e")));
        lookUp();
        apply(false, "");
    }

    private void apply(boolean partial, String truncation) {
        time();
        close();
        complete(partial);
        session.run("DELETE FROM %s AS t USING (SELECT * FROM %s WHERE \"millrace first\" = 1) AS e WHERE %s AND t.%s"
                .formatted(target.sql(), EVENTS, match("t", "e", ""), system.quotedActive()));
        if (!truncation.isEmpty()) {
            session.run(truncation);
        }
        session.run("INSERT INTO %s BY NAME FROM %s".formatted(target.sql(), CLOSED));
        session.run("INSERT INTO %s BY NAME SELECT * EXCLUDE (\"millrace found\") FROM %s".formatted(target.sql(), VERSIONS));
        List.of(EVENTS, BEFORE, TIMED, CLOSED, VERSIONS).forEach(table -> session.run("DROP TABLE " + table));
    }

    /// Finds what the histories of the keys say so far, and whether one that lives begins with an insert.
    private void lookUp() {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_before AS
                SELECT k, max(known) FILTER (WHERE NOT joined) AS known, bool_or(open) AS open, bool_or(joined) AS joined,
                    bool_or(inserted) AS inserted
                FROM (
                    SELECT e."millrace key" AS k, t.%1$s AS open, epoch_us(CASE WHEN t.%1$s THEN t.%2$s ELSE t.%3$s END) AS known,
                        t.%1$s AND e."millrace joins" = 1 AND epoch_us(t.%2$s) = e."millrace at" AS joined,
                        t.%1$s AND e."millrace inserts" = 1 AS inserted
                    FROM %4$s AS e JOIN %5$s AS t ON %6$s WHERE e."millrace first" = 1)
                GROUP BY k"""
                .formatted(
                        system.quotedActive(),
                        system.quotedStart(),
                        system.quotedEnd(),
                        EVENTS,
                        target.sql(),
                        match("t", "e", "")));
    }

    /// Leaves out inserts that bring what is there: each that is equal to the event before it, or, if it is the first of its key, to the open
    /// version. The log has none, and pays for none.
    private void leaveOutRepetitions(boolean partial) {
        long repetitions = session.run("""
                DELETE FROM %1$s WHERE "millrace n" IN (
                    WITH whole AS (
                        SELECT p."millrace n", p."millrace key", p."millrace live", p."millrace inserts", %2$s,
                            lag(p."millrace n") OVER (PARTITION BY p."millrace key" ORDER BY p."millrace n") AS "millrace previous"
                        FROM %1$s AS p %3$s)
                    SELECT e."millrace n" FROM whole AS e JOIN whole AS o ON o."millrace n" = e."millrace previous"
                    WHERE e."millrace inserts" = 1 AND o."millrace live" = 1 AND %4$s
                    UNION ALL
                    SELECT e."millrace n" FROM %1$s AS e JOIN %5$s AS o ON %6$s
                    WHERE e."millrace inserts" = 1 AND e."millrace first" = 1 AND o.%7$s AND %4$s)"""
                .formatted(
                        EVENTS,
                        values(partial),
                        bases(partial),
                        isSame("o", "e"),
                        target.sql(),
                        match("o", "e", ""),
                        system.quotedActive()));
        if (repetitions > 0) {
            session.run("""
                    CREATE OR REPLACE TEMP TABLE millrace_events AS
                    SELECT * REPLACE (CAST(row_number() OVER (PARTITION BY "millrace key" ORDER BY "millrace n") = 1 AS BIGINT) AS "millrace first")
                    FROM %s"""
                    .formatted(EVENTS));
            lookUp();
        }
    }

    /// Gives each event its time, and leaves out ends of what had ended.
    private void time() {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_timed AS
                WITH happened AS (
                    SELECT e."millrace n" AS n, e."millrace key" AS k, e."millrace at" AS moment, e."millrace live" = 1 AS live,
                        b.known, b.open, coalesce(b.joined, false) AS joined,
                        lag(e."millrace live" = 1) OVER (PARTITION BY e."millrace key" ORDER BY e."millrace n") AS was
                    FROM %s AS e LEFT JOIN %s AS b ON b.k = e."millrace key"),
                counted AS (
                    SELECT *, row_number() OVER (PARTITION BY k ORDER BY n) AS i FROM happened WHERE live OR coalesce(was, open)),
                timed AS (
                    SELECT n, k, live, joined, i,
                        1000 * i + greatest(max(moment - 1000 * i) OVER (PARTITION BY k ORDER BY n), known) AS t
                    FROM counted)
                SELECT n, k, live, joined, t, i = 1 AS first, lead(t) OVER w AS next, lead(live) OVER w AS next_live
                FROM timed WINDOW w AS (PARTITION BY k ORDER BY n)"""
                .formatted(EVENTS, BEFORE));
    }

    /// Keeps the versions that were open, closed; except those that the same transaction has opened just before.
    private void close() {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_closed AS
                SELECT t.* REPLACE (
                    make_timestamptz(CASE WHEN f.live THEN f.t - 1000 ELSE f.t END) AS %1$s, false AS %2$s, %3$s AS %4$s)
                FROM %5$s AS t
                JOIN (SELECT * FROM %6$s WHERE "millrace first" = 1) AS e ON %7$s
                JOIN %8$s AS f ON f.k = e."millrace key" AND f.first
                WHERE t.%2$s AND NOT f.joined"""
                .formatted(
                        system.quotedEnd(),
                        system.quotedActive(),
                        synced,
                        system.quotedSynced(),
                        target.sql(),
                        EVENTS,
                        match("t", "e", ""),
                        TIMED));
    }

    /// Keeps the new versions, whole, until the open ones are out from which some of their values come.
    private void complete(boolean partial) {
        session.run("""
                CREATE OR REPLACE TEMP TABLE millrace_versions AS
                SELECT %1$s, make_timestamptz(f.t) AS %2$s,
                    CASE WHEN f.next IS NULL THEN %3$s WHEN f.next_live THEN make_timestamptz(f.next - 1000)
                        ELSE make_timestamptz(f.next) END AS %4$s,
                    f.next IS NULL AS %5$s, %6$s AS %7$s, %8$s AS "millrace found"
                FROM %9$s AS p JOIN %10$s AS f ON f.n = p."millrace n" %11$s
                WHERE f.live"""
                .formatted(
                        values(partial),
                        system.quotedStart(),
                        Merge.OPEN_END,
                        system.quotedEnd(),
                        system.quotedActive(),
                        synced,
                        system.quotedSynced(),
                        partial ? found() : "true",
                        EVENTS,
                        TIMED,
                        bases(partial)));
        long missing = session.queryLong("SELECT count(*) FROM %s WHERE NOT \"millrace found\"".formatted(VERSIONS));
        if (missing > 0) {
            throw new MissingRow(shape.table(), missing);
        }
    }

    /// The values of the events `p`, completed from the [bases][#bases].
    private String values(boolean partial) {
        return partial ? completed() : columns("p.%s", places());
    }

    /// The join with the open versions `t` that have what the events `p` leave out.
    private String bases(boolean partial) {
        return partial
                ? "LEFT JOIN %s AS t ON t.%s AND %s".formatted(target.sql(), system.quotedActive(), match("t", "p", RowQuery.OWN + "base "))
                : "";
    }

    private String completed() {
        List<String> items = new ArrayList<>();
        for (int place : places()) {
            items.add("CASE WHEN (p.\"%smask%d\" & %d) <> 0 THEN t.%s ELSE p.%4$s END AS %4$s"
                    .formatted(RowQuery.OWN, place / FoldFiller.MASK_BITS, 1L << place % FoldFiller.MASK_BITS, name(place)));
        }
        return String.join(", ", items);
    }

    /// Whether a version is whole, or the row is there that completes it.
    private String found() {
        List<String> whole = new ArrayList<>();
        for (int mask = 0; mask < FoldFiller.masks(shape.columns().size()); mask++) {
            whole.add("p.\"%smask%d\" = 0".formatted(RowQuery.OWN, mask));
        }
        return "(%s) OR t.%s IS NOT NULL".formatted(String.join(" AND ", whole), system.quotedActive());
    }

    private List<Integer> places() {
        return java.util.stream.IntStream.range(0, shape.columns().size()).boxed().toList();
    }

    private String name(int place) {
        return target.quoted(shape.columns().get(place));
    }

    private String columns(String form, List<Integer> places) {
        return String.join(", ", places.stream().map(this::name).map(form::formatted).toList());
    }

    /// The condition that two rows, each with the columns of the target, are the same in every column of the shape.
    private String isSame(String one, String other) {
        List<String> conditions = new ArrayList<>();
        for (Column column : shape.columns()) {
            String name = target.quoted(column);
            DuckType type = target.typeOf(target.names().of(column));
            conditions.add(Sameness.of(one + "." + name, other + "." + name, type));
        }
        return String.join(" AND ", conditions);
    }

    /// The condition that the keys of two tables are the same.
    private String match(String one, String other, String prefix) {
        List<String> conditions = new ArrayList<>();
        for (int place : shape.keyPlaces()) {
            String name = target.names().of(shape.columns().get(place));
            conditions.add("%s.%s = %s.%s".formatted(one, TableName.quote(name), other, TableName.quote(prefix + name)));
        }
        return String.join(" AND ", conditions);
    }
}
