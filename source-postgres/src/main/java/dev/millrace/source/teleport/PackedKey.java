package dev.millrace.source.teleport;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.WireForm;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/// A row's key as bytes, for the index of fingerprints and back.
///
/// A key of one column is that field's bytes, as a copy brings them. A key of several has before each the length, 4 bytes, the most
/// significant first.
public final class PackedKey {

    private PackedKey() {}

    /// The key of a copied row that has the shape's columns, and maybe more behind them.
    ///
    /// @param copied with hashes where columns are hashed: as the row is given to the destination
    public static byte[] of(Shape shape, Tuple copied) {
        return of(shape, copied, shape.keyPlaces());
    }

    /// The key of a row that has its fields only, from a place on.
    static byte[] ofFields(Shape shape, Tuple row, int from) {
        return of(shape, row, IntStream.range(from, from + shape.keyPlaces().size()).boxed().toList());
    }

    private static byte[] of(Shape shape, Tuple row, List<Integer> places) {
        boolean isAlone = places.size() == 1;
        int length = 0;
        for (int place : places) {
            if (row.kind(place) == Tuple.NULL) {
                throw new IllegalStateException("Invalid key of %s: null (must have a value)".formatted(shape.table()));
            }
            length += (isAlone ? 0 : Integer.BYTES) + row.length(place);
        }
        ByteBuffer key = ByteBuffer.allocate(length);
        for (int place : places) {
            if (!isAlone) {
                key.putInt(row.length(place));
            }
            key.put(row.bytes(), row.offset(place), row.length(place));
        }
        return key.array();
    }

    /// The delete of a row, as pgoutput sends it behind the relation id: `K` and a tuple that has the key only.
    public static byte[] delete(Shape shape, byte[] key) {
        List<Integer> places = shape.keyPlaces();
        boolean isAlone = places.size() == 1;
        int fields = shape.columns().size();
        int framed = 1 + Integer.BYTES;
        int length = 1 + Short.BYTES + fields - places.size() + framed * places.size() + key.length - (isAlone ? 0 : Integer.BYTES * places.size());
        ByteBuffer message = ByteBuffer.allocate(length);
        message.put((byte) 'K').putShort((short) fields);
        int at = 0;
        for (int field = 0; field < fields; field++) {
            if (!places.contains(field)) {
                message.put(Tuple.NULL);
                continue;
            }
            int size = isAlone ? key.length : Tuple.int32(key, at);
            at += isAlone ? 0 : Integer.BYTES;
            message.put(WireForm.of(shape.columns().get(field).type()) == WireForm.BINARY ? Tuple.BINARY : Tuple.TEXT);
            message.putInt(size).put(key, at, size);
            at += size;
        }
        return message.array();
    }
}
