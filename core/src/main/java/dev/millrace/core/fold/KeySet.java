package dev.millrace.core.fold;

import java.util.Arrays;

/// Numbers distinct keys from 0 in the order in which they are first seen. Belongs to one thread.
///
/// Open addressing over one buffer that holds all keys: no object per key.
final class KeySet {

    private int[] table = new int[1024];
    private int[] ends = new int[256];
    private int[] hashes = new int[256];
    private byte[] keys = new byte[4096];
    private int size;

    /// How many keys there are.
    int size() {
        return size;
    }

    /// The number of a key, which is the former [#size] if it was not there before.
    int add(byte[] key, int length) {
        int hash = hash(key, length);
        int mask = table.length - 1;
        int at = hash & mask;
        while (table[at] != 0) {
            int number = table[at] - 1;
            if (hashes[number] == hash && equal(number, key, length)) {
                return number;
            }
            at = at + 1 & mask;
        }
        table[at] = size + 1;
        append(key, length, hash);
        if (size * 2 > table.length) {
            grow();
        }
        return size - 1;
    }

    private void append(byte[] key, int length, int hash) {
        int start = size == 0 ? 0 : ends[size - 1];
        if (start + length > keys.length) {
            keys = Arrays.copyOf(keys, Math.max(start + length, (int) Math.min(Integer.MAX_VALUE - 8, keys.length * 2L)));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        System.arraycopy(key, 0, keys, start, length);
        ends[size] = start + length;
        hashes[size] = hash;
        size++;
    }

    private void grow() {
        table = new int[table.length * 2];
        int mask = table.length - 1;
        for (int number = 0; number < size; number++) {
            int at = hashes[number] & mask;
            while (table[at] != 0) {
                at = at + 1 & mask;
            }
            table[at] = number + 1;
        }
    }

    private boolean equal(int number, byte[] key, int length) {
        int start = number == 0 ? 0 : ends[number - 1];
        return Arrays.equals(keys, start, ends[number], key, 0, length);
    }

    private static int hash(byte[] key, int length) {
        long hash = length;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ key[i]) * 0x100000001B3L;
        }
        hash ^= hash >>> 32;
        hash *= 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 32);
    }
}
