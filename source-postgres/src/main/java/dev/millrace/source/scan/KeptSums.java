package dev.millrace.source.scan;

import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.source.teleport.HashSums;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Sums over rows as they are kept among the fingerprints of a table without a key, which has no others.
///
/// @param position the text of the position as of which they are; empty for those of one range of a copy, which has a name that nothing else has
record KeptSums(String position, HashSums sums) {

    static KeptSums of(Fingerprint fingerprint) {
        ByteBuffer key = ByteBuffer.wrap(fingerprint.key());
        HashSums sums = new HashSums(key.getLong(), key.getLong(), key.getLong());
        key.position(key.position() + 2 * Long.BYTES);
        return new KeptSums(StandardCharsets.UTF_8.decode(key).toString(), sums);
    }

    Fingerprint fingerprint() {
        byte[] text = position.getBytes(StandardCharsets.UTF_8);
        UUID name = position.isEmpty() ? UUID.randomUUID() : new UUID(0, 0);
        byte[] key = ByteBuffer.allocate(5 * Long.BYTES + text.length)
                .putLong(sums.count())
                .putLong(sums.high())
                .putLong(sums.low())
                .putLong(name.getMostSignificantBits())
                .putLong(name.getLeastSignificantBits())
                .put(text)
                .array();
        return new Fingerprint(position.hashCode(), key);
    }
}
