package dev.millrace.source.frozen;

import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.catalog.Storage;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The frozen-page filter: tells a scan of the tables which pages it need not read, since the last scan saw every row on them.
///
/// A snapshot that is older than the last scan's is held in a session of its own until the next scan. As long as it is, PostgreSQL marks
/// no page all-visible that holds a row which this snapshot does not see (index-only scans rest on the same promise). So what is marked
/// now holds nothing that the last scan did not see, however it came to be marked. Frozen pages are marked too.
///
/// For each scan, in this order: [#begin] before its snapshot is taken; [#read] for each relation, in its transaction, before the
/// relation's rows are read; [#promise] before the destination commits; [#settle] after that. In between, [#tend] now and then. Nothing is
/// remembered beyond this object, so the first scan of a process reads everything. The same snapshots keep vacuum from removing what was
/// deleted since; `holdAtMost` is the limit to that.
///
/// Whatever goes wrong here costs a scan of everything, and is never a fault, but for a scan's own session that breaks.
///
/// Belongs to one thread.
public final class FrozenPages implements AutoCloseable {

    /// What lies so many pages apart or fewer is read together: to go on elsewhere costs as much as reading so many pages does.
    private static final int NEAR = 4;

    /// Into how many parts a relation is cut at the most; of a smaller one each page is a part.
    private static final long PARTS_MAX = 200_000;

    /// A relation of which more than this part has to be read is read at one go.
    private static final double PART_MAX = 0.6;

    /// The map of a smaller relation is read at once: that takes less time than confirming a guess.
    private static final long GUESSED_FROM_BLOCKS = 10_000;

    private static final String FIRST = "It is the first scan since this process was started.";
    private static final String ANOTHER = "The destination holds another scan than the last one of this process.";

    /// A snapshot, and what the scan that came after it reads: relations by object id, each with the file that held it.
    private record Watch(HeldSnapshot snapshot, Map<Integer, Long> files) {}

    /// The watch that goes with a position of the destination, and since when it has been held in vain.
    private record Kept(ScanPosition through, Watch watch, Instant since) {}

    /// A relation's file, its size in pages, and whether what is done to it is in the log.
    private record Place(long file, long blocks, boolean logged) {}

    private final Holders holders;
    private final Duration holdAtMost;
    private final InstantSource clock;
    private final long guessedFromBlocks;
    private final Map<Integer, Guess> lastLook = new HashMap<>();
    private boolean guesses = true;
    private @Nullable Kept last;
    private @Nullable Watch next;
    private @Nullable Kept promised;
    private String whyNoLast = FIRST;
    private String whyNoNext = FIRST;
    private String whyNotPromised = ANOTHER;

    /// Opens nothing yet.
    ///
    /// @param sessions open sessions with the database that is scanned, for the same user
    /// @param holdAtMost how long a snapshot is held after its scan; scans that lie further apart read everything
    public FrozenPages(Sessions sessions, Duration holdAtMost, InstantSource clock) {
        this(sessions, holdAtMost, clock, GUESSED_FROM_BLOCKS);
    }

    /// @param guessedFromBlocks how many pages a relation has at the least whose map is guessed
    FrozenPages(Sessions sessions, Duration holdAtMost, InstantSource clock, long guessedFromBlocks) {
        if (holdAtMost.toMillis() < 1 || holdAtMost.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("Invalid limit: %s (must be from 1 ms to 24 days)".formatted(holdAtMost));
        }
        this.holders = new Holders(sessions);
        this.holdAtMost = holdAtMost;
        this.clock = clock;
        this.guessedFromBlocks = guessedFromBlocks;
    }

    /// Why the filter is not used with this server by this user, for people and with the SQL to run where there is some; empty if it is.
    public static Optional<String> whyOff(Connection session) throws SQLException {
        return off(session).map(Off::text);
    }

    /// Why the filter is not used with a server.
    ///
    /// @param why for people
    /// @param remedy the SQL to run; empty where nothing helps
    public record Off(String why, String remedy) {

        /// Both, as one text.
        String text() {
            return remedy.isEmpty() ? why : "%s Have a superuser run:\n%s".formatted(why, remedy);
        }
    }

    /// The same in its parts.
    public static Optional<Off> off(Connection session) throws SQLException {
        return Usability.of(session).whyOff();
    }

    /// Takes the snapshot that will be held after the coming scan, which must take its own after this. What an earlier scan began and
    /// did not settle is settled by what the destination holds.
    ///
    /// @param held what the destination holds
    public void begin(ScanPosition held) {
        settle(held);
        try {
            switch (HeldSnapshot.take(holders)) {
                case HeldSnapshot.Attempt.Holding(HeldSnapshot snapshot) -> next = new Watch(snapshot, new HashMap<>());
                case HeldSnapshot.Attempt.Off(String why) -> whyNoNext = why;
            }
        } catch (SQLException e) {
            whyNoNext = "No session could be had to hold a snapshot in (SQLSTATE %s).".formatted(e.getSQLState());
        }
    }

    /// What the scan has to read of a relation. Locks the relation as reading it does, until the scan's transaction ends.
    ///
    /// What is left out holds no row that the scan's snapshot sees and the last scan's did not. That is of use only if the last scan read
    /// this relation for the same rows and columns; if not, the answer is not to be heeded.
    ///
    /// @param scan a session of the scan, in its transaction (REPEATABLE READ)
    /// @throws dev.millrace.core.fault.Fault if the session breaks
    public Reading read(Connection scan, Storage relation) {
        TableName name = new TableName(relation.schema(), relation.name());
        try {
            execute(scan, "SAVEPOINT frozen_pages");
            Reading reading = lookIfPossible(scan, relation, name);
            execute(scan, "RELEASE SAVEPOINT frozen_pages");
            return reading;
        } catch (SQLException e) {
            throw PostgresFaults.of(e, name.toString());
        }
    }

    private Reading lookIfPossible(Connection scan, Storage relation, TableName name) throws SQLException {
        boolean guessed = guesses;
        try {
            return look(scan, relation, name);
        } catch (SQLException e) {
            // The lock goes with it, and with the lock what was said of the file.
            execute(scan, "ROLLBACK TO SAVEPOINT frozen_pages");
            forget(relation.oid());
            return guessed && !guesses
                    ? lookIfPossible(scan, relation, name)
                    : new Reading.Everything("Its visibility map could not be read (SQLSTATE %s).".formatted(e.getSQLState()));
        }
    }

    private Reading look(Connection scan, Storage storage, TableName name) throws SQLException {
        if (storage.foreign() || !storage.mayRead()) {
            return new Reading.Everything("It is a foreign table, or one that the user may read only through another.");
        }
        if (next == null) {
            return new Reading.Everything(whyNoNext);
        }
        Optional<Place> place = lock(scan, storage.oid(), name);
        if (place.isEmpty()) {
            return new Reading.Everything("Its rows do not lie as PostgreSQL's own tables have them.");
        }
        List<HeldSnapshot> held = last == null ? List.of(next.snapshot()) : List.of(next.snapshot(), last.watch().snapshot());
        Set<HeldSnapshot> seen = HeldSnapshot.seenBy(scan, held);
        if (!seen.contains(next.snapshot())) {
            return new Reading.Everything("The scan's session is with another server than the session that holds a snapshot.");
        }
        next.files().put(storage.oid(), place.get().file());
        if (last == null) {
            return new Reading.Everything(whyNoLast);
        }
        Long file = last.watch().files().get(storage.oid());
        if (file == null) {
            return new Reading.Everything("The last scan did not read it.");
        }
        if (file != place.get().file()) {
            return new Reading.Everything("It was rewritten after the last scan.");
        }
        if (!seen.contains(last.watch().snapshot())) {
            letGo("The snapshot that was held since the last scan is with another server, or its session was ended.");
            return new Reading.Everything(whyNoLast);
        }
        return under(last.watch().snapshot(), scan, storage.oid(), name, place.get());
    }

    /// Where a relation lies. From here on it stays in its file, so what is said of the file is so of what the scan reads.
    private static Optional<Place> lock(Connection scan, int oid, TableName name) throws SQLException {
        try (PreparedStatement statement = scan.prepareStatement(FrozenSql.lock(name))) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            statement.execute();
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                return row.next() && row.getBoolean("heap")
                        ? Optional.of(new Place(row.getLong("filenode"), row.getLong("blocks"), row.getBoolean("logged")))
                        : Optional.empty();
            }
        }
    }

    private Reading under(HeldSnapshot held, Connection scan, int oid, TableName name, Place place) throws SQLException {
        Guess guess = lastLook.remove(oid);
        Optional<Reading.Ranges> ranges = guess == null ? Optional.empty() : guessed(scan, held.map(), guess, name, place);
        if (ranges.isEmpty()) {
            ranges = unmarked(scan, held.map(), name, 1 + place.blocks() / PARTS_MAX);
        }
        // It has been held all the time if it is now, when the map has been read.
        if (!held.stands()) {
            letGo("The session that held a snapshot since the last scan was ended.");
            return new Reading.Everything(whyNoLast);
        }
        if (ranges.isEmpty()) {
            return new Reading.Everything("%s does not show each of its pages once.".formatted(held.map().function()));
        }
        lastLook.put(oid, new Guess(ranges.get().ranges()));
        return ranges.get().blocks() > PART_MAX * ranges.get().size()
                ? new Reading.Everything("%d of its %d pages would have to be read.".formatted(ranges.get().blocks(), ranges.get().size()))
                : ranges.get();
    }

    /// The pages that are not all-visible, if they can be told by those of the last look.
    private Optional<Reading.Ranges> guessed(Connection scan, VisibilityMap map, Guess guess, TableName name, Place place)
            throws SQLException {
        boolean isOfUse = guesses && map.confirms() && place.logged() && place.blocks() >= guessedFromBlocks && guess.isWorthIt(place.blocks(), PARTS_MAX);
        if (!isOfUse) {
            return Optional.empty();
        }
        try {
            return guess.confirm(scan, map, name, place.blocks()).map(pages -> Reading.Ranges.of(pages, place.blocks(), NEAR));
        } catch (SQLException e) {
            // Some servers do not tell how far the log is. The transaction is of no use now, and the map is read without a guess.
            guesses = false;
            throw e;
        }
    }

    /// The pages that are not all-visible; empty if the function does not show all pages.
    private static Optional<Reading.Ranges> unmarked(Connection scan, VisibilityMap map, TableName name, long part) throws SQLException {
        try (PreparedStatement statement = scan.prepareStatement(FrozenSql.pages(map, part))) {
            statement.setObject(1, name.quoted(), Types.OTHER);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long pages = row.getLong("pages");
                long size = pages == 0 ? 0 : row.getLong("highest") + 1;
                return pages == size ? Optional.of(Reading.Ranges.of(parts(row.getArray("parts"), part), size, NEAR)) : Optional.empty();
            }
        }
    }

    private static List<BlockRange> parts(@Nullable Array numbers, long part) throws SQLException {
        return numbers == null
                ? List.of()
                : Arrays.stream((Long[]) numbers.getArray()).map(number -> new BlockRange(number * part, (number + 1) * part)).toList();
    }

    /// The scan's rows are about to be committed with this position. What was begun is kept for the scan after it, if the destination
    /// comes to hold just this.
    ///
    /// @throws IllegalArgumentException if the position's snapshot is older than [#begin]
    public void promise(ScanPosition through) {
        Watch watch = next;
        if (watch == null) {
            return;
        }
        if (watch.snapshot().snapshot().xmin() > through.snapshot().xmin()) {
            throw new IllegalArgumentException("Invalid position: %s (must have been seen after begin)".formatted(through));
        }
        next = null;
        if (watch.snapshot().stands() && watch.snapshot().endsWhenForgotten(holdAtMost)) {
            promised = new Kept(through, watch, clock.instant());
        } else {
            watch.snapshot().close();
            whyNotPromised = "The session that was to hold a snapshot from the last scan on was ended.";
        }
    }

    /// The destination holds this. Of what was promised and what was held before, only what goes with it is held on.
    public void settle(ScanPosition held) {
        if (promised != null && promised.through().equals(held)) {
            letGo("");
            last = promised;
        } else if (promised != null) {
            promised.watch().snapshot().close();
        }
        promised = null;
        if (last != null && !last.through().equals(held)) {
            letGo(whyNotPromised);
        }
        if (next != null) {
            next.snapshot().close();
            next = null;
        }
        whyNotPromised = ANOTHER;
    }

    /// Between two scans: lets go of what has been held for too long, or what somebody waits for, such as `CREATE INDEX CONCURRENTLY`.
    /// Asks the server one short question.
    public void tend() {
        Kept kept = last;
        if (kept == null) {
            return;
        }
        if (clock.instant().isAfter(kept.since().plus(holdAtMost))) {
            letGo("The last scan was more than %s ago.".formatted(holdAtMost));
        } else if (kept.watch().snapshot().isWaitedFor()) {
            letGo("Somebody at the source waited for the end of the transaction that held a snapshot.");
        }
    }

    private void forget(int oid) {
        if (next != null) {
            next.files().remove(oid);
        }
    }

    private void letGo(String why) {
        if (last != null) {
            last.watch().snapshot().close();
            last = null;
        }
        whyNoLast = why;
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Lets go of everything.
    @Override
    public void close() {
        for (Kept kept : new Kept[] {last, promised}) {
            if (kept != null) {
                kept.watch().snapshot().close();
            }
        }
        if (next != null) {
            next.snapshot().close();
        }
        holders.close();
    }
}
