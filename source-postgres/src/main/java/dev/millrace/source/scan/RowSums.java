package dev.millrace.source.scan;

import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.source.copy.PrintedValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.stream.Collectors;

/// How many rows a table without a key has, and the sums of their hashes' halves, which equal rows do not cancel.
///
/// @param count of rows
/// @param high sum of the first 32 bits as signed numbers
/// @param low sum of the last 32 bits as signed numbers
record RowSums(long count, long high, long low) {

    static final RowSums NONE = new RowSums(0, 0, 0);

    /// Which sums these are: as of a position, or of one range of a copy, which has a name that nothing else has.
    ///
    /// @param position its text; empty for a range
    record Kept(String position, RowSums sums) {

        static Kept of(Fingerprint fingerprint) {
            ByteBuffer key = ByteBuffer.wrap(fingerprint.key());
            RowSums sums = new RowSums(key.getLong(), key.getLong(), key.getLong());
            key.position(key.position() + 2 * Long.BYTES);
            return new Kept(StandardCharsets.UTF_8.decode(key).toString(), sums);
        }
    }

    /// As it is kept among a table's fingerprints, of which a table without a key has no others.
    ///
    /// @param position as [Kept] has it
    Fingerprint kept(String position) {
        byte[] text = position.getBytes(StandardCharsets.UTF_8);
        UUID name = position.isEmpty() ? UUID.randomUUID() : new UUID(0, 0);
        byte[] key = ByteBuffer.allocate(5 * Long.BYTES + text.length)
                .putLong(count)
                .putLong(high)
                .putLong(low)
                .putLong(name.getMostSignificantBits())
                .putLong(name.getLeastSignificantBits())
                .put(text)
                .array();
        return new Fingerprint(position.hashCode(), key);
    }

    RowSums plus(long hash) {
        return new RowSums(count + 1, high + (hash >> 32), low + (int) hash);
    }

    RowSums plus(RowSums other) {
        return new RowSums(count + other.count, high + other.high, low + other.low);
    }

    /// The 64-bit hash of a whole row, as PostgreSQL's expression.
    static String hash(Shape shape) {
        String text = shape.columns().stream()
                .map(Column::name)
                .map(TableName::quote)
                .map(PrintedValue::of)
                .map("coalesce(octet_length(%1$s) || ':' || %1$s, '-')"::formatted)
                .collect(Collectors.joining(" || "));
        return "hashtextextended((%s) COLLATE \"C\", 0)".formatted(text);
    }

    /// The statement that sums rows up.
    static String of(Shape shape, String from) {
        return "SELECT count(*), coalesce(sum((h >> 32)::int4), 0), coalesce(sum(((h << 32) >> 32)::int4), 0) FROM (SELECT %s AS h FROM %s) rows"
                .formatted(hash(shape), from);
    }
}
