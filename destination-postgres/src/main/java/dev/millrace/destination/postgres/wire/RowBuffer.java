package dev.millrace.destination.postgres.wire;

import java.util.Arrays;

/// Bytes on their way to the server, gathered until there are enough of them. Belongs to one thread.
public final class RowBuffer {

    private byte[] bytes;
    private int length;

    /// An empty buffer that grows as it must.
    public RowBuffer(int size) {
        bytes = new byte[size];
    }

    /// Adds a byte.
    public void put(byte value) {
        ensure(1);
        bytes[length++] = value;
    }

    /// Adds a 16-bit number.
    public void putInt16(int value) {
        ensure(2);
        bytes[length++] = (byte) (value >>> 8);
        bytes[length++] = (byte) value;
    }

    /// Adds a 32-bit number.
    public void putInt32(int value) {
        ensure(4);
        set(length, value);
        length += 4;
    }

    /// Adds a 64-bit number.
    public void putInt64(long value) {
        putInt32((int) (value >>> 32));
        putInt32((int) value);
    }

    /// Adds a part of an array.
    public void put(byte[] from, int offset, int size) {
        ensure(size);
        System.arraycopy(from, offset, bytes, length, size);
        length += size;
    }

    /// Adds an array.
    public void put(byte[] from) {
        put(from, 0, from.length);
    }

    /// Writes a 32-bit number over what lies at a place.
    public void set(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    private void ensure(int room) {
        if (length + room > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + room, 2 * bytes.length));
        }
    }

    /// The bytes, of which the first [#length] count.
    public byte[] bytes() {
        return bytes;
    }

    /// How many there are.
    public int length() {
        return length;
    }

    /// Takes all out.
    public void clear() {
        length = 0;
    }
}
