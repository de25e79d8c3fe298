package dev.millrace.source.teleport;

import dev.millrace.core.fingerprint.BucketSums;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.fingerprint.FingerprintIndex.Sighting;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Finds the keys of the index that are gone from a table at the source. Belongs to one thread at a time; good for one table after another.
///
/// The server counts and sums up its keys; where that says that nothing changed, or seldom does, it is all. Otherwise it does so by bucket; that reads the table once and sends a few bytes for each of 4096 buckets at most. Where
/// buckets differ and are large, it does so once more in finer ones. From most of those a few keys vanished: which, follows from the
/// difference of the sums and what is in the index. Only of the others are the keys fetched, and compared byte by byte. So there are four
/// statements at most, however much has changed, and memory does not grow with it.
///
/// A bucket that is the same in count and sums is taken to have the same keys. A key that vanished always lowers the count, unless another
/// came that the index does not know; those two would have to share their hash as well.
public final class TableDiffer {

    private static final int FIRST_BITS_MAX = 12;
    private static final int BUCKETS_MAX = 1 << 18;
    private static final int BUCKET_KEYS = 64;
    private static final long FETCHED_AT_ONCE = 1 << 16;
    private static final long SEARCHED_AT_ONCE = 1 << 20;

    private final FingerprintIndex index;

    /// The tables that differed last time: they may well again, so that sums over everything are of no use.
    private final Set<TableName> differing = new HashSet<>();

    /// Compares with an index, which stays the caller's to close.
    public TableDiffer(FingerprintIndex index) {
        this.index = index;
    }

    /// What was found.
    ///
    /// @param rows how many rows the source has
    /// @param vanished how many keys are gone
    /// @param unknown how many keys the source has that the index lacks: rows that came into sight without having been written
    /// @param unknownRows a condition on the table's rows, true for every row of an unknown key and for few others; empty if there is none. The
    ///     transaction must have the salt if a key's column is hashed
    /// @param bytes how many bytes of rows came over the wire
    public record Found(long rows, long vanished, long unknown, Optional<String> unknownRows, long bytes) {}

    /// What sums over everything say.
    ///
    /// @param here the index's
    /// @param there the server's
    public record Sums(HashSums here, SourceKeys.Summary there) {

        /// Whether the server's keys are those of the index, and no row is new.
        public boolean areOfNothingNew() {
            return there.counted() == 0 && here.equals(there.total());
        }
    }

    /// Sums up both sides, and has the server count the rows that are new. Empty if that would be of no use, since the table differed the last
    /// time.
    ///
    /// @param session as for [#diff]
    /// @param isNew the condition on new rows
    public Optional<Sums> sumUp(Connection session, Shape shape, String from, String isNew) {
        return differing.contains(shape.table())
                ? Optional.empty()
                : Optional.of(new Diff(new SourceKeys(session, shape, from), shape, Optional.empty(), _ -> {}).sums(isNew));
    }

    /// Compares a table, whose state in the index must be known, and to which every key must have been added that was written until the
    /// session's snapshot.
    ///
    /// What vanished is to be ended before the scan's rows are written: keys that are equal to PostgreSQL and not byte by byte, as 1.0 and 1.00
    /// are, are two keys here.
    ///
    /// @param session inside a transaction of one snapshot, which has the [salt][dev.millrace.postgres.sql.HashedValue#giveSalt] if a key's
    ///     column is hashed
    /// @param from the table and the condition on its rows: `ONLY "public"."notes" WHERE (...)`
    /// @param sums what [#sumUp] said under this snapshot, before new rows' keys were added
    /// @param vanished is given each key that is gone, once, in no order, by this thread; it may call [FingerprintIndex#gone]
    public Found diff(Connection session, Shape shape, String from, Optional<Sums> sums, Consumer<Fingerprint> vanished) {
        return new Diff(new SourceKeys(session, shape, from), shape, sums, vanished).run();
    }

    private final class Diff {
        private final SourceKeys source;
        private final Shape shape;
        private final Optional<Sums> earlier;
        private final Consumer<Fingerprint> consumer;
        private final UnknownRows unknown = new UnknownRows();
        private long vanished;

        Diff(SourceKeys source, Shape shape, Optional<Sums> earlier, Consumer<Fingerprint> consumer) {
            this.source = source;
            this.shape = shape;
            this.earlier = earlier;
            this.consumer = consumer;
        }

        Found run() {
            if (!differing.contains(shape.table()) && isSame()) {
                return new Found(index.count(shape.table()), 0, 0, Optional.empty(), source.bytes());
            }
            int bits = bits(index.count(shape.table()), FIRST_BITS_MAX);
            Difference first = compare(Buckets.all(1), bits);
            int finer = finer(first, bits);
            if (!first.isEmpty()) {
                if (finer > bits && !first.isSmall()) {
                    source.raiseWorkMemory();
                    resolve(compare(first.all, finer));
                } else {
                    resolve(first);
                }
            }
            if (first.isEmpty()) {
                differing.remove(shape.table());
            } else {
                differing.add(shape.table());
            }
            return new Found(first.there.count(), vanished, unknown.count(), unknown.condition(KeySql.hash(shape)), source.bytes());
        }

        /// Whether nothing has changed, as far as sums over everything tell.
        private boolean isSame() {
            if (earlier.isPresent()) {
                return HashSums.of(index.sums(shape.table(), Buckets.all(1), 1)).equals(earlier.get().there().total());
            }
            return sums("false").areOfNothingNew();
        }

        Sums sums(String isNew) {
            return atOnce(Buckets.all(1), 1, () -> source.summary(isNew), (here, there) -> new Sums(HashSums.of(here), there));
        }

        /// Sums up on both sides at once.
        private Difference compare(Buckets within, int bits) {
            return atOnce(within, bits, () -> source.sums(within, bits), Difference::new);
        }

        private <T, R> R atOnce(Buckets within, int bits, Supplier<T> asked, BiFunction<BucketSums, T, R> joined) {
            CompletableFuture<BucketSums> here = CompletableFuture.supplyAsync(
                    () -> index.sums(shape.table(), within, bits), work -> Thread.ofPlatform().name("index-sums").start(work));
            T there;
            try {
                there = asked.get();
            } catch (RuntimeException e) {
                // The index belongs to one thread at a time.
                here.exceptionally(failure -> {
                            e.addSuppressed(failure);
                            return new BucketSums(bits);
                        })
                        .join();
                throw e;
            }
            try {
                return joined.apply(here.join(), there);
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            }
        }

        private static int bits(long keys, int most) {
            int bits = 1;
            while (bits < most && keys >> bits > BUCKET_KEYS) {
                bits++;
            }
            return bits;
        }

        /// How many bits the finer buckets have: as many as make them small, and not too many.
        private static int finer(Difference first, int bits) {
            int finer = bits(Math.max(first.here.count(), first.there.count()), Buckets.BITS_MAX);
            while (finer > bits && (long) first.all.count() << finer - bits > BUCKETS_MAX) {
                finer--;
            }
            return finer;
        }

        /// Names what vanished.
        private void resolve(Difference difference) {
            List<Fingerprint> bucket = new ArrayList<>();
            int bits = difference.here.bits();
            index.read(shape.table(), difference.readable, fingerprint -> {
                int number = Buckets.of(fingerprint.hash(), bits);
                if (difference.there.count(number) == 0) {
                    vanish(fingerprint);
                    return;
                }
                if (!bucket.isEmpty() && Buckets.of(bucket.getFirst().hash(), bits) != number) {
                    search(bucket, difference);
                }
                bucket.add(fingerprint);
            });
            search(bucket, difference);
            if (!difference.fetched.isEmpty()) {
                fetch(difference.fetched);
            }
        }

        private void vanish(Fingerprint fingerprint) {
            vanished++;
            consumer.accept(fingerprint);
        }

        private void search(List<Fingerprint> bucket, Difference difference) {
            if (bucket.isEmpty()) {
                return;
            }
            int number = Buckets.of(bucket.getFirst().hash(), difference.here.bits());
            Optional<List<Fingerprint>> found = SumSearch.find(
                    bucket,
                    (int) (difference.here.count(number) - difference.there.count(number)),
                    difference.here.high(number) - difference.there.high(number),
                    difference.here.low(number) - difference.there.low(number));
            found.ifPresentOrElse(keys -> keys.forEach(this::vanish), () -> difference.fetched.add(number));
            bucket.clear();
        }

        private void fetch(Buckets buckets) {
            try (Sighting sighting = index.sighting(shape.table())) {
                source.keys(buckets, sighting::add);
                sighting.compare(buckets, this::vanish, fingerprint -> unknown.add(fingerprint.hash()));
            }
        }
    }

    /// The buckets that differ, by how it is found out what in them does.
    private static final class Difference {
        private final BucketSums here;
        private final BucketSums there;
        private final Buckets all;

        /// Those that are read from the index only, as they are empty at the source or lack few keys there.
        private final Buckets readable;

        private final Buckets fetched;
        private long keysSearched;
        private long keysFetched;

        /// @param here what the index has
        /// @param there what the source has
        Difference(BucketSums here, BucketSums there) {
            this.here = here;
            this.there = there;
            this.all = new Buckets(here.bits());
            this.readable = new Buckets(here.bits());
            this.fetched = new Buckets(here.bits());
            for (int bucket = 0; bucket < 1 << here.bits(); bucket++) {
                if (!here.isSame(bucket, there)) {
                    sort(bucket);
                }
            }
        }

        private void sort(int bucket) {
            all.add(bucket);
            if (there.count(bucket) == 0) {
                readable.add(bucket);
            } else if (SumSearch.isWorthwhile(here.count(bucket) - there.count(bucket), here.count(bucket))) {
                readable.add(bucket);
                keysSearched += here.count(bucket);
            } else {
                fetched.add(bucket);
                keysFetched += there.count(bucket);
            }
        }

        boolean isEmpty() {
            return all.isEmpty();
        }

        /// Whether finer buckets would cost more than they spare.
        boolean isSmall() {
            return keysFetched <= FETCHED_AT_ONCE && keysSearched <= SEARCHED_AT_ONCE;
        }
    }
}
