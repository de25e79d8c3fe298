package dev.millrace.source.teleport;

import dev.millrace.core.fingerprint.Buckets;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Rows whose keys nobody knew, as a condition by which they are read: by their hashes, or if those are many, by wide buckets.
final class UnknownRows {

    private static final int HASHES_MAX = 10_000;

    private final SortedSet<Long> hashes = new TreeSet<>();
    private final Buckets buckets = new Buckets(Buckets.BITS_MAX);
    private long count;

    void add(long hash) {
        count++;
        buckets.add(Buckets.of(hash, buckets.bits()));
        if (hashes.size() <= HASHES_MAX) {
            hashes.add(hash);
        }
    }

    long count() {
        return count;
    }

    /// The condition, given the expression for a row's hash; empty if there are no such rows.
    Optional<String> condition(String hash) {
        if (count == 0) {
            return Optional.empty();
        }
        if (hashes.size() > HASHES_MAX) {
            return Optional.of(SourceKeys.in(buckets, hash));
        }
        String list = hashes.stream().map(String::valueOf).collect(Collectors.joining(","));
        return Optional.of("%s = ANY ('{%s}'::bigint[])".formatted(hash, list));
    }
}
