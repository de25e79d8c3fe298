package dev.millrace.source.pgoutput;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.core.value.ValueHash;
import java.util.Arrays;
import java.util.Map;

/// Makes the tuples of row messages fit to be passed on: drops the fields of columns that shall not be copied, and puts hashes in the
/// place of the values of columns that are hashed. Belongs to one thread.
public final class ColumnMask {

    /// How a column is hashed.
    ///
    /// @param type the column's own type
    public record Hashing(SourceType type, ValueHash hash) {}

    private static final int HASHED_FIELD = 5 + ValueHash.LENGTH;

    private final boolean[] kept;
    private final Hashing[] hashed;
    private final boolean[] isHashed;
    private final int keptCount;
    private byte[] masked = new byte[256];
    private int length;

    /// Keeps the columns that are marked, as they are.
    ///
    /// @param kept one mark for each column of the relation, in its order
    public ColumnMask(boolean[] kept) {
        this(kept, Map.of());
    }

    /// Keeps the columns that are marked.
    ///
    /// @param kept one mark for each column of the relation, in its order
    /// @param hashed those of the kept ones that are hashed, by place
    public ColumnMask(boolean[] kept, Map<Integer, Hashing> hashed) {
        this.kept = kept.clone();
        this.hashed = new Hashing[kept.length];
        this.isHashed = new boolean[kept.length];
        hashed.forEach((place, hashing) -> {
            this.hashed[place] = hashing;
            this.isHashed[place] = true;
        });
        int count = 0;
        for (boolean keep : kept) {
            count += keep ? 1 : 0;
        }
        this.keptCount = count;
    }

    /// Copies the rest of a row message, which [TupleBounds#check] has found whole, without the dropped fields and with the hashes.
    ///
    /// @return the length; the bytes are in [#buffer] until the next call
    /// @throws DamagedMessage if a value that is to be hashed is not of its type
    public int apply(byte[] source, int from, int to) {
        length = 0;
        int at = from;
        while (at < to) {
            ensure(3);
            masked[length++] = source[at];
            at = copyTuple(source, at + 1);
        }
        return length;
    }

    /// The bytes that [#apply] made, from offset 0.
    public byte[] buffer() {
        return masked;
    }

    private int copyTuple(byte[] source, int from) {
        masked[length++] = (byte) (keptCount >>> 8);
        masked[length++] = (byte) keptCount;
        int at = from + 2;
        for (int field = 0; field < kept.length; field++) {
            byte kind = source[at];
            boolean hasValue = kind == Tuple.BINARY || kind == Tuple.TEXT;
            int size = hasValue ? 5 + Tuple.int32(source, at + 1) : 1;
            if (isHashed[field] && hasValue) {
                putHash(field, kind, source, at + 5, size - 5);
            } else if (kept[field]) {
                ensure(size);
                System.arraycopy(source, at, masked, length, size);
                length += size;
            }
            at += size;
        }
        return at;
    }

    private void putHash(int field, byte kind, byte[] source, int offset, int size) {
        ensure(HASHED_FIELD);
        masked[length] = Tuple.TEXT;
        masked[length + 1] = 0;
        masked[length + 2] = 0;
        masked[length + 3] = 0;
        masked[length + 4] = ValueHash.LENGTH;
        try {
            byte[] hash = hashed[field].hash().of(hashed[field].type(), kind, source, offset, size);
            System.arraycopy(hash, 0, masked, length + 5, ValueHash.LENGTH);
        } catch (MalformedValue _) {
            throw new DamagedMessage("Invalid tuple: field %d of %d bytes (must be a value of its type)".formatted(field, size), field);
        }
        length += HASHED_FIELD;
    }

    private void ensure(int room) {
        if (length + room > masked.length) {
            masked = Arrays.copyOf(masked, Math.max(length + room, masked.length * 2));
        }
    }

    @Override
    public String toString() {
        return "mask of " + Arrays.toString(kept);
    }
}
