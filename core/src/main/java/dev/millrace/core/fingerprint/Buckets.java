package dev.millrace.core.fingerprint;

import java.util.BitSet;

/// Some of the buckets into which hashes fall by their first bits.
///
/// Buckets are numbered from 0 in the order of the hashes as signed numbers: the first bucket has the least of them. Belongs to one
/// thread.
public final class Buckets {

    /// The most bits that buckets can be told apart by.
    public static final int BITS_MAX = 20;

    private final int bits;
    private final BitSet numbers;

    /// No buckets yet, of 2^`bits`.
    ///
    /// @param bits 1 to [#BITS_MAX]
    public Buckets(int bits) {
        if (bits < 1 || bits > BITS_MAX) {
            throw new IllegalArgumentException("Invalid bits of a bucket: %d (must be 1 to %d)".formatted(bits, BITS_MAX));
        }
        this.bits = bits;
        this.numbers = new BitSet(1 << bits);
    }

    /// All 2^`bits` buckets.
    public static Buckets all(int bits) {
        Buckets all = new Buckets(bits);
        all.numbers.set(0, 1 << bits);
        return all;
    }

    /// The number of a hash's bucket among 2^`bits`.
    public static int of(long hash, int bits) {
        return (int) (hash >> Long.SIZE - bits) + (1 << bits - 1);
    }

    /// Puts a bucket among these.
    public void add(int bucket) {
        numbers.set(bucket);
    }

    /// By how many first bits of the hash buckets are told apart.
    public int bits() {
        return bits;
    }

    /// Whether a bucket is among these.
    public boolean has(int bucket) {
        return numbers.get(bucket);
    }

    /// How many there are.
    public int count() {
        return numbers.cardinality();
    }

    /// Whether there are none.
    public boolean isEmpty() {
        return numbers.isEmpty();
    }

    /// Whether every hash lies in one of these.
    public boolean isAll() {
        return count() == 1 << bits;
    }

    /// One bit for each bucket that there could be, the first in the lowest bit of the first byte.
    public byte[] bitmap() {
        byte[] bitmap = new byte[Math.max(1, 1 << bits >> 3)];
        byte[] used = numbers.toByteArray();
        System.arraycopy(used, 0, bitmap, 0, used.length);
        return bitmap;
    }
}
