package dev.millrace.testkit.fingerprint;

import dev.millrace.core.fingerprint.BucketSums;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// An index of fingerprints in memory: what is durable survives [#reopened] only. Safe for use by several threads.
public final class MemoryFingerprints implements FingerprintIndex {

    private static final Comparator<Fingerprint> ORDER =
            Comparator.comparingLong(Fingerprint::hash).thenComparing(Fingerprint::key, Arrays::compare);

    private final Map<TableName, Part> parts = new HashMap<>();

    private static final class Part {
        private final SortedSet<Fingerprint> keys = new TreeSet<>(ORDER);
        private final Set<Fingerprint> gone = new HashSet<>();
        private final Set<Fingerprint> promised = new HashSet<>();
        private State state = new State(Optional.empty(), Optional.empty());
    }

    /// An index without tables.
    public MemoryFingerprints() {}

    /// What the next opening finds.
    public synchronized MemoryFingerprints reopened() {
        MemoryFingerprints next = new MemoryFingerprints();
        parts.forEach((table, part) -> {
            part.gone.clear();
            next.parts.put(table, part);
        });
        return next;
    }

    private Part begun(TableName table) {
        Part part = parts.get(table);
        if (part == null) {
            throw new IllegalStateException("Invalid use of the index: nothing is known of %s (must have begun)".formatted(table));
        }
        return part;
    }

    @Override
    public synchronized Optional<State> state(TableName table) {
        return Optional.ofNullable(parts.get(table)).map(part -> part.state);
    }

    @Override
    public synchronized void begin(TableName table) {
        parts.put(table, new Part());
    }

    @Override
    public synchronized Adding adding(TableName table) {
        Part part = begun(table);
        List<Fingerprint> added = new ArrayList<>();
        return new Adding() {
            @Override
            public void add(long hash, byte[] key) {
                added.add(new Fingerprint(hash, key));
            }

            @Override
            public void commit() {
                synchronized (MemoryFingerprints.this) {
                    part.keys.addAll(added);
                    added.forEach(part.gone::remove);
                    added.forEach(part.promised::remove);
                }
                added.clear();
            }

            @Override
            public void close() {
                added.clear();
            }
        };
    }

    @Override
    public synchronized long count(TableName table) {
        return begun(table).keys.size();
    }

    @Override
    public synchronized BucketSums sums(TableName table, Buckets within, int bits) {
        BucketSums sums = new BucketSums(bits);
        read(table, within, key -> {
            int bucket = Buckets.of(key.hash(), bits);
            sums.set(bucket, sums.count(bucket) + 1, sums.high(bucket) + (key.hash() >> 32), sums.low(bucket) + (int) key.hash());
        });
        return sums;
    }

    @Override
    public void read(TableName table, Buckets buckets, Consumer<Fingerprint> consumer) {
        keys(table, buckets).forEach(consumer);
    }

    private synchronized List<Fingerprint> keys(TableName table, Buckets buckets) {
        return begun(table).keys.stream().filter(key -> buckets.has(Buckets.of(key.hash(), buckets.bits()))).toList();
    }

    @Override
    public Sighting sighting(TableName table) {
        SortedSet<Fingerprint> seen = new TreeSet<>(ORDER);
        return new Sighting() {
            @Override
            public void add(long hash, byte[] key) {
                seen.add(new Fingerprint(hash, key));
            }

            @Override
            public void compare(Buckets buckets, Consumer<Fingerprint> vanished, Consumer<Fingerprint> unknown) {
                List<Fingerprint> known = keys(table, buckets);
                known.stream().filter(key -> !seen.contains(key)).forEach(vanished);
                known.forEach(seen::remove);
                seen.forEach(unknown);
            }

            @Override
            public void close() {
                seen.clear();
            }
        };
    }

    @Override
    public synchronized void gone(TableName table, Fingerprint fingerprint) {
        begun(table).gone.add(fingerprint);
    }

    @Override
    public synchronized void promise(Collection<TableName> tables, String mark) {
        for (TableName table : tables) {
            Part part = begun(table);
            part.promised.addAll(part.gone);
            part.gone.clear();
            part.state = new State(part.state.mark(), Optional.of(mark));
        }
    }

    @Override
    public synchronized void confirm(String position) {
        Optional<String> here = Optional.of(position);
        parts.values().removeIf(part -> !isConfirmed(part, here));
    }

    private static boolean isConfirmed(Part part, Optional<String> here) {
        State state = part.state;
        if (state.pending().equals(here)) {
            part.keys.removeAll(part.promised);
            part.promised.clear();
        } else if (state.mark().equals(here)) {
            part.gone.clear();
            part.promised.clear();
        } else {
            return state.mark().isEmpty() && state.pending().isEmpty();
        }
        part.state = new State(here, Optional.empty());
        return true;
    }

    @Override
    public synchronized void forget(TableName table) {
        parts.remove(table);
    }

    @Override
    public void close() {}
}
