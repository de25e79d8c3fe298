package dev.millrace.core.fingerprint;

import java.util.Arrays;

/// A row's key, and the hash by which it is found.
///
/// Two are equal if both are, the bytes one by one.
///
/// @param hash of the key as the source sees it; different keys may have the same
/// @param key the key's fields, packed by whoever reads the source; the array is not copied, and must not change
public record Fingerprint(long hash, byte[] key) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Fingerprint(long otherHash, byte[] otherKey) && hash == otherHash && Arrays.equals(key, otherKey);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    @Override
    public String toString() {
        return "Fingerprint[hash=%016x, key=%d bytes]".formatted(hash, key.length);
    }
}
