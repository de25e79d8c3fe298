package dev.millrace.core.change;

/// A cursor over one row's fields, where they lie in a buffer: for each field its form, its offset and its length.
///
/// Reads two layouts: pgoutput's TupleData (manual, section 54.9) and a row of `COPY ... (FORMAT binary)`. It copies nothing: it is
/// good until the buffer beneath it changes or the next row is read. Belongs to one thread; made to be used again for millions of
/// rows, which is why it is a mutable class with plain arrays.
public final class Tuple {

    /// The field is null.
    public static final byte NULL = 'n';

    /// The field is a large value that the update did not touch and that the log therefore does not carry.
    public static final byte UNCHANGED = 'u';

    /// The field holds the text that the type's output function wrote, in UTF-8.
    public static final byte TEXT = 't';

    /// The field holds the bytes that the type's send function wrote.
    public static final byte BINARY = 'b';

    private byte[] bytes = new byte[0];
    private int start;
    private int count;
    private byte[] kinds = new byte[16];
    private int[] offsets = new int[16];
    private int[] lengths = new int[16];

    /// Reads a TupleData that begins at `offset`.
    ///
    /// @return the offset behind it
    public int readLogged(byte[] source, int offset) {
        start(source, offset, int16(source, offset));
        int at = offset + 2;
        for (int field = 0; field < count; field++) {
            byte kind = source[at++];
            kinds[field] = kind;
            if (kind == TEXT || kind == BINARY) {
                int length = int32(source, at);
                offsets[field] = at + 4;
                lengths[field] = length;
                at += 4 + length;
            } else if (kind != NULL && kind != UNCHANGED) {
                throw new IllegalStateException("Invalid tuple field kind: " + kind + " (must be n, u, t or b)");
            }
        }
        return at;
    }

    /// Reads a row of a binary COPY that begins at `offset` with its field count.
    ///
    /// @return the offset behind it
    public int readCopied(byte[] source, int offset) {
        start(source, offset, int16(source, offset));
        int at = offset + 2;
        for (int field = 0; field < count; field++) {
            int length = int32(source, at);
            at += 4;
            if (length < 0) {
                kinds[field] = NULL;
            } else {
                kinds[field] = BINARY;
                offsets[field] = at;
                lengths[field] = length;
                at += length;
            }
        }
        return at;
    }

    /// Whether the log carries every field: none is [#UNCHANGED].
    public boolean isWhole() {
        for (int field = 0; field < count; field++) {
            if (kinds[field] == UNCHANGED) {
                return false;
            }
        }
        return true;
    }

    private void start(byte[] source, int offset, int fields) {
        bytes = source;
        start = offset;
        count = fields;
        if (kinds.length < fields) {
            kinds = new byte[fields];
            offsets = new int[fields];
            lengths = new int[fields];
        }
    }

    /// The number of fields.
    public int count() {
        return count;
    }

    /// The buffer in which the fields lie.
    public byte[] bytes() {
        return bytes;
    }

    /// Where the row begins in the buffer.
    public int start() {
        return start;
    }

    /// One of [#NULL], [#UNCHANGED], [#TEXT] and [#BINARY].
    public byte kind(int field) {
        return kinds[field];
    }

    /// Where the field's bytes begin; meaningless for a null or unchanged field.
    public int offset(int field) {
        return offsets[field];
    }

    /// How many bytes the field has; meaningless for a null or unchanged field.
    public int length(int field) {
        return lengths[field];
    }

    /// A big-endian 16-bit number.
    public static int int16(byte[] source, int offset) {
        return (short) ((source[offset] & 0xFF) << 8 | source[offset + 1] & 0xFF);
    }

    /// A big-endian 32-bit number.
    public static int int32(byte[] source, int offset) {
        return (source[offset] & 0xFF) << 24
                | (source[offset + 1] & 0xFF) << 16
                | (source[offset + 2] & 0xFF) << 8
                | source[offset + 3] & 0xFF;
    }

    /// A big-endian 64-bit number.
    public static long int64(byte[] source, int offset) {
        return (long) int32(source, offset) << 32 | int32(source, offset + 4) & 0xFFFFFFFFL;
    }
}
