package dev.millrace.source.teleport;

import dev.millrace.core.fingerprint.BucketSums;

/// How many hashes there are, and the sums of their halves, which equal ones do not cancel.
///
/// @param count how many
/// @param high the sum of the first 32 bits as signed numbers
/// @param low the sum of the last 32 bits as signed numbers
public record HashSums(long count, long high, long low) {

    /// Of no hashes.
    public static final HashSums NONE = new HashSums(0, 0, 0);

    /// Of all buckets together.
    static HashSums of(BucketSums sums) {
        long high = 0;
        long low = 0;
        for (int bucket = 0; bucket < 1 << sums.bits(); bucket++) {
            high += sums.high(bucket);
            low += sums.low(bucket);
        }
        return new HashSums(sums.count(), high, low);
    }

    /// With one more.
    public HashSums plus(long hash) {
        return new HashSums(count + 1, high + (hash >> 32), low + (int) hash);
    }

    /// Of these and those.
    public HashSums plus(HashSums other) {
        return new HashSums(count + other.count, high + other.high, low + other.low);
    }

    /// The columns that count and sum up the hashes `h` of a query.
    public static String columns() {
        return "count(*), coalesce(sum((h >> 32)::int4), 0), coalesce(sum((h << 32 >> 32)::int4), 0)";
    }
}
