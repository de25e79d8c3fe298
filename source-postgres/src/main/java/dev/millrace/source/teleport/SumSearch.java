package dev.millrace.source.teleport;

import dev.millrace.core.fingerprint.Fingerprint;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The search for the few keys of a bucket whose hashes have given sums. Belongs to one thread.
///
/// Every key but the last is tried, and the last is then known and looked up. An answer counts if it is the only one: keys that share a hash
/// are told apart by their bytes only.
final class SumSearch {

    /// The most keys that are looked for.
    static final int KEYS_MAX = 3;

    private static final long[] BUCKET_MAX = {0, 1 << 16, 1 << 16, 1 << 9};

    private final List<Fingerprint> bucket;
    private final long[] hashes;
    private final int[] chosen;
    private int[] found = new int[0];
    private int solutions;

    private SumSearch(List<Fingerprint> bucket, int keys) {
        this.bucket = bucket;
        this.hashes = bucket.stream().mapToLong(Fingerprint::hash).toArray();
        this.chosen = new int[keys];
    }

    /// Whether so many keys may be looked for in a bucket of that size: the work grows with the size to the power of one less.
    static boolean isWorthwhile(long keys, long bucket) {
        return keys >= 1 && keys <= KEYS_MAX && bucket <= BUCKET_MAX[(int) keys];
    }

    /// The `keys` keys whose hashes' halves have these sums; empty if there are none, or several ways to choose them.
    ///
    /// @param bucket in the order of the hashes as signed numbers
    static Optional<List<Fingerprint>> find(List<Fingerprint> bucket, int keys, long high, long low) {
        SumSearch search = new SumSearch(bucket, keys);
        search.choose(0, keys, high, low);
        return search.solutions == 1
                ? Optional.of(IntStream.of(search.found).mapToObj(search.bucket::get).toList())
                : Optional.empty();
    }

    private void choose(int from, int keys, long high, long low) {
        if (keys == 1) {
            chooseLast(from, high, low);
            return;
        }
        for (int i = from; i <= hashes.length - keys && solutions < 2; i++) {
            chosen[keys - 1] = i;
            choose(i + 1, keys - 1, high - (hashes[i] >> 32), low - (int) hashes[i]);
        }
    }

    private void chooseLast(int from, long high, long low) {
        if (high != (int) high || low != (int) low) {
            return;
        }
        long hash = high << 32 | low & 0xFFFFFFFFL;
        int at = Arrays.binarySearch(hashes, from, hashes.length, hash);
        while (at > from && hashes[at - 1] == hash) {
            at--;
        }
        for (; at >= from && at < hashes.length && hashes[at] == hash && solutions < 2; at++) {
            chosen[0] = at;
            found = chosen.clone();
            solutions++;
        }
    }
}
