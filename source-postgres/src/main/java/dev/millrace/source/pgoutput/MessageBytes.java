package dev.millrace.source.pgoutput;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.position.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// The bytes of one log message, read from front to back within bounds. Belongs to one thread; used again for every message.
final class MessageBytes {

    private static final long POSTGRES_EPOCH_SECONDS = 946_684_800L;
    private static final long FIRST_MICROS = -211_813_488_000_000_000L;
    private static final long LAST_MICROS = Long.MAX_VALUE - POSTGRES_EPOCH_SECONDS * 1_000_000;

    private byte[] buffer = new byte[0];
    private int at;
    private int end;
    private char letter;

    /// Goes to the front of a message and reads its letter.
    char open(byte[] bytes, int offset, int length) {
        if (length < 1 || offset < 0 || length > bytes.length - offset) {
            throw new DamagedMessage("Invalid log message: %d bytes at %d of %d (must be one or more within the buffer)"
                    .formatted(length, offset, bytes.length));
        }
        buffer = bytes;
        at = offset;
        end = offset + length;
        letter = '?';
        letter = (char) int8();
        return letter;
    }

    byte[] buffer() {
        return buffer;
    }

    int position() {
        return at;
    }

    int end() {
        return end;
    }

    int left() {
        return end - at;
    }

    int int8() {
        need(1);
        return buffer[at++] & 0xFF;
    }

    int int16() {
        need(2);
        at += 2;
        return Tuple.int16(buffer, at - 2);
    }

    int int32() {
        need(4);
        at += 4;
        return Tuple.int32(buffer, at - 4);
    }

    long int64() {
        need(8);
        at += 8;
        return Tuple.int64(buffer, at - 8);
    }

    Lsn lsn() {
        return new Lsn(int64());
    }

    /// Microseconds since 2000, as PostgreSQL counts: not before 4713 BC, its first timestamp, and not beyond what fits as microseconds since
    /// 1970.
    Instant time() {
        long micros = int64();
        if (micros < FIRST_MICROS || micros > LAST_MICROS) {
            throw damaged("a time that no clock shows");
        }
        return Instant.ofEpochSecond(
                POSTGRES_EPOCH_SECONDS + Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1_000L);
    }

    /// Text up to a zero byte.
    String text() {
        int zero = at;
        while (zero < end && buffer[zero] != 0) {
            zero++;
        }
        if (zero == end) {
            throw damaged("a text without an end");
        }
        String text = new String(buffer, at, zero - at, StandardCharsets.UTF_8);
        at = zero + 1;
        return text;
    }

    /// A count of things of which each takes `size` bytes or more, so that no more are announced than there can be.
    int count(int count, int size) {
        if (count < 0 || (long) count * size > left()) {
            throw damaged("a count of " + count);
        }
        return count;
    }

    void skip(int bytes) {
        if (bytes < 0) {
            throw damaged("a length of " + bytes);
        }
        need(bytes);
        at += bytes;
    }

    /// Checks that the whole message was read.
    void close() {
        if (at != end) {
            throw damaged((end - at) + " bytes too many");
        }
    }

    private void need(int bytes) {
        if (bytes > end - at) {
            throw damaged("%d bytes left where %d are needed".formatted(end - at, bytes));
        }
    }

    DamagedMessage damaged(String finding) {
        return new DamagedMessage("Invalid log message '%c': %s (must be as pgoutput writes it)".formatted(letter, finding));
    }
}
