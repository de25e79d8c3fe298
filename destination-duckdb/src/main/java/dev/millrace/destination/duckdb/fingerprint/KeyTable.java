package dev.millrace.destination.duckdb.fingerprint;

import dev.millrace.core.fingerprint.BucketSums;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex.Adding;
import dev.millrace.core.fingerprint.FingerprintIndex.Sighting;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckSession;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One table's keys: those that are in the index, and those that are gone.
///
/// Keys are appended blindly, with an *era*, and are made a set only when somebody wants to know what is in it ([#settle]): a copy adds ten
/// million keys of which none was there, and looking for each would be quadratic. Keys of a settled era are a set. Keys that are gone have
/// the *round* in which that was said; with each promise the next begins.
///
/// Belongs to the owner's thread, except for [#adding] and what it gives.
final class KeyTable {

    /// The table of tables.
    static final String CATALOG =
            """
            CREATE TABLE tables (
                id INTEGER NOT NULL, source_schema VARCHAR NOT NULL, source_table VARCHAR NOT NULL, settled INTEGER NOT NULL,
                round INTEGER NOT NULL, mark VARCHAR, pending VARCHAR)""";

    private final IndexFile file;
    private final TableName table;
    private final int id;
    private final String keys;
    private final String gone;
    private final AtomicInteger adding = new AtomicInteger();
    private volatile boolean isSettled;
    private volatile int settled;
    private int round;
    private @Nullable PackedKeys going;
    private @Nullable DuckSession goingSession;

    /// A table that is in the file.
    ///
    /// @param settled the last era whose keys are a set
    /// @param round the round in which keys are gone now
    KeyTable(IndexFile file, TableName table, int id, int settled, int round) {
        this.file = file;
        this.table = table;
        this.id = id;
        this.settled = settled;
        this.round = round;
        this.keys = "keys_" + id;
        this.gone = "gone_" + id;
    }

    /// Makes a table in the file, inside the session's transaction.
    static KeyTable make(IndexFile file, DuckSession session, TableName table) {
        int id = (int) session.queryLong("SELECT coalesce(max(id), 0) + 1 FROM tables");
        KeyTable made = new KeyTable(file, table, id, 0, 0);
        session.run("CREATE TABLE %s (%s, era INTEGER NOT NULL)".formatted(made.keys, PackedKeys.DECLARED));
        session.run("CREATE TABLE %s (%s, round INTEGER NOT NULL)".formatted(made.gone, PackedKeys.DECLARED));
        session.run("INSERT INTO tables VALUES (?, ?, ?, 0, 0, NULL, NULL)", id, table.schema(), table.table());
        return made;
    }

    /// Removes it from the file, inside the session's transaction.
    void drop(DuckSession session) {
        checkQuiet();
        abandonGoing();
        session.run("DROP TABLE " + keys);
        session.run("DROP TABLE " + gone);
        session.run("DELETE FROM tables WHERE id = ?", id);
    }

    /// Drops what was gone and never promised, as after a crash.
    void dropUnpromised(DuckSession session) {
        abandonGoing();
        session.run("DELETE FROM %s WHERE round >= %d".formatted(gone, round));
    }

    private void checkQuiet() {
        if (adding.get() > 0) {
            throw new IllegalStateException("Invalid use of the index: keys are being added to %s (must have ended)".formatted(table));
        }
    }

    Adding adding() {
        adding.incrementAndGet();
        return new Added();
    }

    private final class Added implements Adding {
        private final DuckSession session = file.session();
        private final PackedKeys packed =
                new PackedKeys(session, table, "%s SELECT *, %d".formatted(keys, settled + 1));
        private boolean hasBegun;
        private boolean isClosed;

        @Override
        public void add(long hash, byte[] key) {
            file.watched(() -> {
                if (!hasBegun) {
                    session.run("BEGIN TRANSACTION");
                    hasBegun = true;
                }
                packed.add(hash, key);
                return true;
            });
        }

        @Override
        public void commit() {
            if (!hasBegun) {
                return;
            }
            file.watched(() -> {
                packed.flush();
                isSettled = false;
                session.run("COMMIT");
                return true;
            });
            hasBegun = false;
        }

        @Override
        public void close() {
            if (isClosed) {
                return;
            }
            isClosed = true;
            session.abandon();
            adding.decrementAndGet();
        }
    }

    /// Makes the keys a set: those that were added since the last time, where they are there already or were added twice, are removed; and
    /// they are not gone.
    private void settle() {
        if (isSettled) {
            return;
        }
        checkQuiet();
        flushGoing();
        file.change(session -> {
            if (session.queryLong("SELECT count(*) FROM (SELECT 1 FROM %s WHERE era > %d LIMIT 1)".formatted(keys, settled)) > 0) {
                removeTwice(session);
                if (settled > 0) {
                    removeKnown(session);
                }
                session.run("UPDATE tables SET settled = ? WHERE id = ?", settled + 1, id);
            }
        });
        settled = settled();
        isSettled = true;
    }

    private int settled() {
        return file.use(session -> (int) session.queryLong("SELECT settled FROM tables WHERE id = " + id));
    }

    /// Of keys that were added twice since the last time, leaves one. Hashes that occur twice are looked for first: mostly there are none.
    private void removeTwice(DuckSession session) {
        session.run("CREATE TEMP TABLE twice AS SELECT hash FROM %s WHERE era > %d GROUP BY hash HAVING count(*) > 1".formatted(keys, settled));
        if (session.queryLong("SELECT count(*) FROM twice") > 0) {
            session.run(
                    """
                    DELETE FROM %1$s USING (
                        SELECT %2$s, min(rowid) AS kept FROM %1$s WHERE era > %3$d AND hash IN (FROM twice)
                        GROUP BY %2$s HAVING count(*) > 1) AS several
                    WHERE %1$s.era > %3$d AND %4$s AND %1$s.rowid <> several.kept"""
                            .formatted(keys, PackedKeys.COLUMNS, settled, PackedKeys.same(keys, "several")));
        }
        session.run("DROP TABLE twice");
    }

    /// Of keys that were there before, leaves the older one. The new ones are put into a table of their own, so that the join is built over
    /// them, whatever DuckDB guesses.
    private void removeKnown(DuckSession session) {
        session.run("CREATE TEMP TABLE fresh AS SELECT rowid AS place, %s FROM %s WHERE era > %d".formatted(PackedKeys.COLUMNS, keys, settled));
        session.run("CREATE TEMP TABLE known AS SELECT fresh.place FROM %1$s JOIN fresh ON %2$s WHERE %1$s.era <= %3$d"
                .formatted(keys, PackedKeys.same(keys, "fresh"), settled));
        session.run("DELETE FROM %s WHERE rowid IN (SELECT place FROM known)".formatted(keys));
        session.run("DELETE FROM %s USING fresh WHERE %s".formatted(gone, PackedKeys.same(gone, "fresh")));
        session.run("DROP TABLE fresh");
        session.run("DROP TABLE known");
    }

    long count() {
        settle();
        return file.use(session -> session.queryLong("SELECT count(*) FROM " + keys));
    }

    BucketSums sums(Buckets within, int bits) {
        settle();
        BucketSums sums = new BucketSums(bits);
        String sql =
                """
                SELECT %s AS bucket, count(*), sum(hash >> 32)::BIGINT, sum(xor(hash & 4294967295, 2147483648) - 2147483648)::BIGINT
                FROM %s WHERE %s GROUP BY bucket"""
                        .formatted(number(bits), keys, in(within));
        file.use(session -> {
            session.readEach(sql, row -> {
                sums.set(row.getInt(1), row.getLong(2), row.getLong(3), row.getLong(4));
                return sums;
            });
            return sums;
        });
        return sums;
    }

    /// The expression of [Buckets#of].
    private static String number(int bits) {
        return "((hash >> %d) + %d)".formatted(Long.SIZE - bits, 1L << bits - 1);
    }

    private static String in(Buckets buckets) {
        if (buckets.isAll()) {
            return "true";
        }
        StringBuilder digits = new StringBuilder(1 << buckets.bits());
        for (int bucket = 0; bucket < 1 << buckets.bits(); bucket++) {
            digits.append(buckets.has(bucket) ? '1' : '0');
        }
        return "get_bit('%s'::BIT, %s::INTEGER) = 1".formatted(digits, number(buckets.bits()));
    }

    void read(Buckets buckets, Consumer<Fingerprint> consumer) {
        settle();
        give("SELECT %s FROM %s WHERE %s ORDER BY hash".formatted(PackedKeys.COLUMNS, keys, in(buckets)), consumer);
    }

    private void give(String sql, Consumer<Fingerprint> consumer) {
        file.use(session -> give(session, sql, consumer));
    }

    private static boolean give(DuckSession session, String sql, Consumer<Fingerprint> consumer) {
        session.readEach(sql, row -> {
            consumer.accept(PackedKeys.read(row));
            return true;
        });
        return true;
    }

    Sighting sighting() {
        settle();
        return new Seen();
    }

    private final class Seen implements Sighting {
        private final DuckSession session = file.session();
        private final PackedKeys packed = new PackedKeys(session, table, "seen SELECT *");

        Seen() {
            session.run("CREATE TEMP TABLE seen (%s)".formatted(PackedKeys.DECLARED));
        }

        @Override
        public void add(long hash, byte[] key) {
            file.watched(() -> {
                packed.add(hash, key);
                return true;
            });
        }

        @Override
        public void compare(Buckets buckets, Consumer<Fingerprint> vanished, Consumer<Fingerprint> unknown) {
            String there = "(SELECT %s FROM %s WHERE %s)".formatted(PackedKeys.COLUMNS, keys, in(buckets));
            file.watched(() -> {
                packed.flush();
                give(session, missing(there, "seen"), vanished);
                return give(session, missing("seen", there), unknown);
            });
        }

        private static String missing(String in, String from) {
            return "SELECT %s FROM %s AS one WHERE NOT EXISTS (SELECT 1 FROM %s AS other WHERE %s)"
                    .formatted(PackedKeys.COLUMNS, in, from, PackedKeys.same("one", "other"));
        }

        @Override
        public void close() {
            session.abandon();
        }
    }

    void gone(Fingerprint fingerprint) {
        settle();
        if (going == null) {
            goingSession = file.session();
            going = new PackedKeys(goingSession, table, "%s SELECT *, %d".formatted(gone, round));
        }
        PackedKeys packed = going;
        file.watched(() -> {
            packed.add(fingerprint.hash(), fingerprint.key());
            return true;
        });
    }

    /// Writes what was gone.
    void flushGoing() {
        PackedKeys packed = going;
        if (packed != null) {
            file.watched(() -> {
                packed.flush();
                return true;
            });
        }
        abandonGoing();
    }

    private void abandonGoing() {
        if (goingSession != null) {
            goingSession.abandon();
        }
        going = null;
        goingSession = null;
    }

    /// Promises a mark, inside the session's transaction. [#promised] follows when that has ended well.
    void promise(DuckSession session, String mark) {
        session.run("UPDATE tables SET pending = ?, round = ? WHERE id = ?", mark, round + 1, id);
    }

    /// Says that the promise is durable.
    void promised() {
        round++;
    }

    /// The pending mark has become the mark.
    void fulfil(String mark) {
        settle();
        flushGoing();
        file.change(session -> {
            session.run("DELETE FROM %1$s USING %2$s WHERE %2$s.round < %3$d AND %4$s"
                    .formatted(keys, gone, round, PackedKeys.same(keys, gone)));
            session.run("DELETE FROM %s WHERE round < %d".formatted(gone, round));
            session.run("UPDATE tables SET mark = ?, pending = NULL WHERE id = ?", mark, id);
        });
    }

    /// The pending mark has not come true.
    void revoke() {
        abandonGoing();
        file.change(session -> {
            session.run("DELETE FROM " + gone);
            session.run("UPDATE tables SET pending = NULL WHERE id = ?", id);
        });
    }
}
