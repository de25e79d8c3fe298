package dev.millrace.core.fold;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgDate;
import dev.millrace.core.value.PgNumeric;
import dev.millrace.core.value.PgText;
import dev.millrace.core.value.PgTime;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes the key of a row as bytes that are equal exactly if the keys are, whether its fields came in binary or as text.
///
/// Belongs to one thread.
final class KeyBytes {

    private enum Form {
        BOOL,
        INTEGER,
        DATE,
        TIMESTAMP,
        NUMERIC,
        PLAIN,
        AS_TEXT
    }

    private final int[] places;
    private final Form[] forms;
    private final SourceType[] types;
    private final boolean[] reprinted;
    private byte[] bytes = new byte[64];
    private int length;
    private int place;

    KeyBytes(Shape shape) {
        places = shape.keyPlaces().stream().mapToInt(Integer::intValue).toArray();
        forms = new Form[places.length];
        types = new SourceType[places.length];
        reprinted = new boolean[places.length];
        for (int i = 0; i < places.length; i++) {
            types[i] = shape.columns().get(places[i]).type().underneath();
            forms[i] = form(types[i]);
            reprinted[i] = PgText.isReprinted(types[i]);
        }
    }

    private static Form form(SourceType type) {
        return switch (type) {
            case SourceType.Scalar scalar -> switch (scalar.oid()) {
                case Oid.BOOL -> Form.BOOL;
                case Oid.INT2, Oid.INT4, Oid.INT8, Oid.OID -> Form.INTEGER;
                case Oid.DATE -> Form.DATE;
                case Oid.TIMESTAMP, Oid.TIMESTAMPTZ -> Form.TIMESTAMP;
                case Oid.NUMERIC -> Form.NUMERIC;
                case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME -> Form.PLAIN;
                default -> Form.AS_TEXT;
            };
            case SourceType.Enumeration _, SourceType.Hashed _ -> Form.PLAIN;
            case SourceType.Domain _, SourceType.ArrayOf _, SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ ->
                Form.AS_TEXT;
        };
    }

    /// Whether the tuple knows every field of the key.
    boolean isIn(Tuple tuple) {
        for (int place : places) {
            if (tuple.kind(place) == Tuple.UNCHANGED) {
                return false;
            }
        }
        return true;
    }

    /// The place of a field of the key that is null in the tuple; -1 if there is none.
    int nullPlace(Tuple tuple) {
        for (int place : places) {
            if (tuple.kind(place) == Tuple.NULL) {
                return place;
            }
        }
        return -1;
    }

    /// Reads the key of a tuple; [#bytes] and [#length] have it until the next call.
    void read(Tuple tuple) {
        length = 0;
        for (int i = 0; i < places.length; i++) {
            place = places[i];
            if (tuple.kind(place) == Tuple.NULL) {
                put(-1);
            } else {
                field(i, tuple.kind(place), tuple.bytes(), tuple.offset(place), tuple.length(place));
            }
        }
    }

    /// The place of the field that was read last.
    int place() {
        return place;
    }

    private void field(int key, byte kind, byte[] from, int offset, int size) {
        boolean text = kind == Tuple.TEXT;
        switch (forms[key]) {
            case BOOL -> put(text ? (from[offset] == 't' ? 1 : 0) : from[offset]);
            case INTEGER -> put(text ? parse(from, offset, size) : integer(from, offset, size));
            case DATE -> put(text ? PgDate.parse(from, offset, size) : Tuple.int32(from, offset));
            case TIMESTAMP -> put(text ? PgTime.parseTimestamp(from, offset, size) : Tuple.int64(from, offset));
            case NUMERIC -> put(numeric(kind, from, offset, size));
            case PLAIN -> put(from, offset, size);
            case AS_TEXT -> {
                if (text && !reprinted[key]) {
                    put(from, offset, size);
                } else {
                    put(PgText.of(types[key], kind, from, offset, size).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private long integer(byte[] from, int offset, int size) {
        return switch (size) {
            case 2 -> Tuple.int16(from, offset);
            case 4 -> Tuple.int32(from, offset);
            default -> Tuple.int64(from, offset);
        };
    }

    private static long parse(byte[] from, int offset, int size) {
        boolean negative = from[offset] == '-';
        long value = 0;
        for (int at = negative ? offset + 1 : offset; at < offset + size; at++) {
            value = value * 10 - (from[at] - '0');
        }
        return negative ? value : -value;
    }

    private static byte[] numeric(byte kind, byte[] from, int offset, int size) {
        if (PgNumeric.isSpecial(kind, from, offset, size)) {
            return kind == Tuple.TEXT
                    ? Arrays.copyOfRange(from, offset, offset + size)
                    : PgNumeric.text(from, offset, size).getBytes(StandardCharsets.US_ASCII);
        }
        return PgNumeric.decimal(kind, from, offset, size)
                .stripTrailingZeros()
                .toString()
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void put(byte[] plain) {
        put(plain, 0, plain.length);
    }

    private void put(byte[] from, int offset, int size) {
        ensure(8 + size);
        put(size);
        System.arraycopy(from, offset, bytes, length, size);
        length += size;
    }

    private void put(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    private void ensure(int room) {
        if (length + room > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + room, 2 * bytes.length));
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
