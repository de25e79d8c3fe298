package dev.millrace.core.fingerprint;

/// What is in each bucket: how many keys, and the sums of their hashes' halves.
///
/// The high and the low 32 bits of a hash are summed as signed numbers, apart from each other. So the difference of two buckets is that of
/// their keys, however often a hash occurs, which an exclusive or would not tell. Belongs to one thread.
public final class BucketSums {

    private final int bits;
    private final long[] counts;
    private final long[] highs;
    private final long[] lows;

    /// Empty buckets.
    ///
    /// @param bits by how many first bits of the hash they are told apart, see [Buckets]
    public BucketSums(int bits) {
        this.bits = bits;
        this.counts = new long[1 << bits];
        this.highs = new long[1 << bits];
        this.lows = new long[1 << bits];
    }

    /// Says what is in a bucket.
    public void set(int bucket, long count, long high, long low) {
        counts[bucket] = count;
        highs[bucket] = high;
        lows[bucket] = low;
    }

    /// By how many first bits of the hash buckets are told apart.
    public int bits() {
        return bits;
    }

    /// How many keys are in a bucket.
    public long count(int bucket) {
        return counts[bucket];
    }

    /// The sum of the first 32 bits of the hashes in a bucket.
    public long high(int bucket) {
        return highs[bucket];
    }

    /// The sum of the last 32 bits of the hashes in a bucket.
    public long low(int bucket) {
        return lows[bucket];
    }

    /// How many keys are in all buckets.
    public long count() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /// Whether a bucket has as many keys here as there, and the same sums.
    public boolean isSame(int bucket, BucketSums other) {
        return counts[bucket] == other.counts[bucket] && highs[bucket] == other.highs[bucket] && lows[bucket] == other.lows[bucket];
    }
}
