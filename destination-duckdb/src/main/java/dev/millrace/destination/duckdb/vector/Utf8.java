package dev.millrace.destination.duckdb.vector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Whether bytes are UTF-8. DuckDB does not check what is written into its memory, and cannot read what is not.
final class Utf8 {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    static boolean isValid(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            if (((long) LONGS.get(bytes, at) & HIGH_BITS) != 0) {
                return decodes(bytes, at, end);
            }
        }
        for (; at < end; at++) {
            if (bytes[at] < 0) {
                return decodes(bytes, at, end);
            }
        }
        return true;
    }

    private static boolean decodes(byte[] bytes, int offset, int end) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, end - offset));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
