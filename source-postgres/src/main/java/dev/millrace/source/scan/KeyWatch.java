package dev.millrace.source.scan;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.sql.HashedValue;
import dev.millrace.source.teleport.HashSums;
import dev.millrace.source.teleport.KeySql;
import dev.millrace.source.teleport.PackedKey;
import dev.millrace.source.teleport.TableDiffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The watch over keys, by which rows that end are found: copies and scans tell it of every key, and a scan has it compared with the source.
///
/// Of a table without a key it keeps sums over all rows instead: if they are not what the rows that came make of those of the scan
/// before, rows were changed or deleted, and the table is copied again.
///
/// Safe for several threads: the index is asked by one at a time, but for keys that are added.
public final class KeyWatch implements AutoCloseable {

    /// How often in a row a table is copied again before it can be seen, since its rows changed meanwhile.
    private static final int COPIES_IN_A_ROW = 3;

    private final Supplier<FingerprintIndex> opening;
    private final Salt salt;
    private final Map<TableName, Integer> brokenInARow = new HashMap<>();
    private volatile @Nullable FingerprintIndex opened;
    private @Nullable TableDiffer differing;

    /// Watches over keys.
    ///
    /// @param opening opens the index, when it is first asked; it is closed with this
    /// @param salt with which columns are hashed
    public KeyWatch(Supplier<FingerprintIndex> opening, Salt salt) {
        this.opening = opening;
        this.salt = salt;
    }

    private FingerprintIndex index() {
        FingerprintIndex index = opened;
        return index == null ? open() : index;
    }

    private synchronized FingerprintIndex open() {
        FingerprintIndex index = opened;
        if (index == null) {
            index = opening.get();
            opened = index;
        }
        return index;
    }

    /// Lets the session's transaction hash values.
    void giveSalt(Connection session) throws SQLException {
        HashedValue.giveSalt(session, salt);
    }

    /// The item of a `SELECT` that tells of each row what is to be known; behind the columns.
    String items(Shape shape) {
        return ", " + (shape.isKeyed() ? KeySql.hash(shape) : RowSql.hash(shape));
    }

    /// The rows of a range without that item, which is kept before the last of them is given.
    CopyRows copied(Shape shape, CopyRows rows) {
        return shape.isKeyed() ? new WatchedRows(rows, new Keys(shape)) : new WatchedRows(rows, new Sums(shape.table(), ""));
    }

    /// Begins a table anew, whose copy begins.
    public synchronized void begin(TableName table) {
        index().begin(table);
    }

    /// Whether a copy that an earlier run has begun can go on: all that it has copied is known here, and nothing else.
    public synchronized boolean mayResume(TableName table) {
        return index().state(table).filter(state -> state.mark().isEmpty() && state.pending().isEmpty()).isPresent();
    }

    /// The destination is at a position.
    synchronized void confirm(String position) {
        index().confirm(position);
    }

    /// The destination will be at a position, for these tables.
    synchronized void promise(Collection<TableName> tables, String position) {
        index().promise(tables, position);
    }

    /// Whether what has to be known of a table is known.
    ///
    /// @param isNew whether it was just copied
    synchronized boolean knows(TableName table, boolean isNew) {
        return index().state(table).filter(state -> isNew || state.mark().isPresent()).isPresent();
    }

    /// Begins to take the items of rows of a table that was looked at.
    ///
    /// @param position that the destination will have
    Taking taking(Shape shape, String position) {
        return shape.isKeyed() ? new Keys(shape) : new Sums(shape.table(), position);
    }

    /// What sums over everything say of a table with a key, before its new rows are read; empty where that is of no use.
    ///
    /// @param from the table and the condition on its rows
    /// @param isNew the condition on new rows
    synchronized Optional<TableDiffer.Sums> sumUp(Connection session, Shape shape, String from, String isNew) {
        return differ().sumUp(session, shape, from, isNew);
    }

    /// Finds the keys that are gone from a table, and has them removed once the destination has committed their ends.
    ///
    /// @param from the table and the condition on its rows
    /// @param sums what was said before new rows were read
    synchronized TableDiffer.Found diff(
            Connection session, Shape shape, String from, Optional<TableDiffer.Sums> sums, Consumer<Fingerprint> vanished) {
        FingerprintIndex index = index();
        return differ().diff(session, shape, from, sums, fingerprint -> {
            index.gone(shape.table(), fingerprint);
            vanished.accept(fingerprint);
        });
    }

    private TableDiffer differ() {
        TableDiffer differ = differing;
        if (differ == null) {
            differ = new TableDiffer(index());
            differing = differ;
        }
        return differ;
    }

    /// Whether the rows of a table without a key are those of the scan before and those that came since. What is kept is what these make, so
    /// that a table which is not whole is not next time either, unless it begins anew.
    ///
    /// @param from the rows that were summed up so far, the new ones among them
    /// @param came the new rows
    /// @param held the position of the scan before
    /// @param position that the destination will have
    synchronized boolean isWhole(Connection session, Shape shape, String from, HashSums came, String held, String position) throws SQLException {
        FingerprintIndex index = index();
        List<Fingerprint> earlier = new ArrayList<>();
        index.read(shape.table(), Buckets.all(1), earlier::add);
        Optional<HashSums> before = earlier.stream().map(KeptSums::of).filter(kept -> kept.position().equals(held)).map(KeptSums::sums).findFirst();
        HashSums copied = earlier.stream()
                .map(KeptSums::of)
                .filter(kept -> kept.position().isEmpty())
                .map(KeptSums::sums)
                .reduce(HashSums.NONE, HashSums::plus);
        HashSums now;
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(RowSql.sums(shape, from))) {
            row.next();
            now = new HashSums(row.getLong(1), row.getLong(2), row.getLong(3));
        }
        HashSums expected = before.orElse(copied).plus(came);
        Fingerprint kept = new KeptSums(position, expected).fingerprint();
        try (FingerprintIndex.Adding adding = index.adding(shape.table())) {
            adding.add(kept.hash(), kept.key());
            adding.commit();
        }
        earlier.stream().filter(fingerprint -> !fingerprint.equals(kept)).forEach(fingerprint -> index.gone(shape.table(), fingerprint));
        boolean whole = expected.equals(now);
        brokenInARow.put(shape.table(), whole ? 0 : brokenInARow.getOrDefault(shape.table(), 0) + 1);
        return whole;
    }

    /// Whether a table without a key was not whole so often in a row, each time when it had just been copied, that it has to be shown as it is.
    synchronized boolean isRestless(TableName table) {
        return brokenInARow.getOrDefault(table, 0) >= COPIES_IN_A_ROW;
    }

    /// Whether keys that are equal to PostgreSQL are equal byte by byte, so that no key that is gone is one that came.
    static boolean areBytes(Shape shape) {
        return shape.keyPlaces().stream().map(place -> shape.columns().get(place).type()).allMatch(KeyWatch::isBytes);
    }

    private static boolean isBytes(SourceType type) {
        return switch (type.underneath()) {
            case SourceType.Hashed _, SourceType.Enumeration _ -> true;
            case SourceType.Scalar scalar -> switch (scalar.oid()) {
                case Oid.INT2, Oid.INT4, Oid.INT8, Oid.OID, Oid.BOOL, Oid.UUID, Oid.TEXT, Oid.VARCHAR, Oid.BYTEA, Oid.DATE, Oid.TIMESTAMP,
                        Oid.TIMESTAMPTZ -> true;
                default -> false;
            };
            case SourceType.Domain _, SourceType.ArrayOf _, SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ -> false;
        };
    }

    @Override
    public synchronized void close() {
        FingerprintIndex index = opened;
        if (index != null) {
            index.close();
        }
    }

    /// Takes the item of each row of a part of a table. Belongs to one thread; must be ended, or closed to give it up.
    interface Taking extends AutoCloseable {

        /// Takes a row's item.
        void take(Tuple row, long item);

        /// Keeps what was taken.
        void end();

        /// What was summed up.
        default HashSums sums() {
            return HashSums.NONE;
        }

        @Override
        void close();
    }

    private final class Keys implements Taking {
        private final Shape shape;
        private FingerprintIndex.@Nullable Adding adding;

        Keys(Shape shape) {
            this.shape = shape;
        }

        @Override
        public void take(Tuple row, long item) {
            FingerprintIndex.Adding into = adding;
            if (into == null) {
                into = index().adding(shape.table());
                adding = into;
            }
            into.add(item, PackedKey.of(shape, row));
        }

        @Override
        public void end() {
            if (adding != null) {
                adding.commit();
            }
            close();
        }

        @Override
        public void close() {
            FingerprintIndex.Adding open = adding;
            adding = null;
            if (open != null) {
                open.close();
            }
        }
    }

    private final class Sums implements Taking {
        private final TableName table;
        private final String position;
        private HashSums sums = HashSums.NONE;

        Sums(TableName table, String position) {
            this.table = table;
            this.position = position;
        }

        @Override
        public void take(Tuple row, long item) {
            sums = sums.plus(item);
        }

        @Override
        public HashSums sums() {
            return sums;
        }

        @Override
        public void end() {
            if (position.isEmpty() && sums.count() > 0) {
                Fingerprint kept = new KeptSums("", sums).fingerprint();
                try (FingerprintIndex.Adding adding = index().adding(table)) {
                    adding.add(kept.hash(), kept.key());
                    adding.commit();
                }
            }
        }

        @Override
        public void close() {}
    }

    /// Copied rows whose last field is taken off, and what they tell kept before their end is told.
    private static final class WatchedRows implements CopyRows {
        private final CopyRows rows;
        private final Taking taking;
        private final Tuple row = new Tuple();

        WatchedRows(CopyRows rows, Taking taking) {
            this.rows = rows;
            this.taking = taking;
        }

        @Override
        public byte @Nullable [] next() {
            byte[] read;
            try {
                read = rows.next();
            } catch (RuntimeException e) {
                taking.close();
                throw e;
            }
            if (read == null) {
                taking.end();
                return null;
            }
            row.readCopied(read, 0);
            int last = row.count() - 1;
            taking.take(row, Tuple.int64(read, row.offset(last)));
            byte[] without = Arrays.copyOf(read, row.offset(last) - Integer.BYTES);
            without[0] = (byte) (last >>> 8);
            without[1] = (byte) last;
            return without;
        }
    }
}
