package dev.millrace.core.fold;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.value.MalformedValue;
import java.util.Arrays;

/// The keys that changes of one table touch, numbered from 0 in the order in which they first appear, each with a tuple that has all of
/// its fields. Belongs to one thread.
final class NumberedKeys {

    private final Shape shape;
    private final RowVersions versions;
    private final KeyBytes keyBytes;
    private final KeySet keys = new KeySet();
    private int[] tuples = new int[256];
    private final Tuple scratch = new Tuple();

    /// Begins with no keys.
    ///
    /// @param versions where the keys' tuples are kept
    NumberedKeys(Shape shape, RowVersions versions) {
        if (!shape.isKeyed()) {
            throw new IllegalArgumentException("Invalid shape of %s: no key (must have one)".formatted(shape.table()));
        }
        this.shape = shape;
        this.versions = versions;
        this.keyBytes = new KeyBytes(shape);
    }

    int size() {
        return keys.size();
    }

    /// The number of a tuple's key; [#size] as it was before, if the key is new.
    int of(Tuple tuple) {
        if (!keyBytes.isIn(tuple)) {
            throw new IllegalStateException("Invalid change of %s: a field of the key is missing".formatted(shape.table()));
        }
        int absent = keyBytes.nullPlace(tuple);
        if (absent >= 0) {
            throw withoutKey(absent);
        }
        read(tuple);
        int known = keys.size();
        int key = keys.add(keyBytes.bytes(), keyBytes.length());
        if (key == known) {
            if (key == tuples.length) {
                tuples = Arrays.copyOf(tuples, 2 * key);
            }
            tuples[key] = versions.add(tuple, RowVersions.NONE);
        }
        return key;
    }

    private void read(Tuple tuple) {
        try {
            keyBytes.read(tuple);
        } catch (MalformedValue | IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            throw MalformedValue.fault(shape.table(), shape.columns().get(keyBytes.place()).name(), e);
        }
    }

    /// The tuple that tells which key a row has after an update: the old one where a large key was not sent again.
    Tuple afterUpdate(ChangeCursor cursor) {
        boolean hasOld = cursor.oldRow() != ChangeCursor.OldRow.NONE;
        return keyBytes.isIn(cursor.newTuple()) || !hasOld ? cursor.newTuple() : cursor.oldTuple();
    }

    /// Fills what a row lacks of its key, and lets it say under which key the destination has what it lacks beyond that.
    ///
    /// @param base where [RowVersions#fill] ended
    void complete(int key, int base, FoldedRow into) {
        versions.read(tuples[key], scratch);
        for (int place : shape.keyPlaces()) {
            into.fill(place, scratch);
        }
        versions.read(tuples[RowVersions.isTarget(base) ? RowVersions.targetKey(base) : key], into.base());
    }

    private Fault withoutKey(int place) {
        String column = shape.columns().get(place).name();
        return new Fault(
                FaultKind.REPLICA_IDENTITY_MISSING,
                shape.table().toString(),
                "Column %s belongs to the key of %s and is null in a change, so the row cannot be told from others; nothing of its batch was written."
                        .formatted(column, shape.table()),
                "See that the key's columns are NOT NULL at the source, then run `millrace resync` for %s.".formatted(shape.table()));
    }
}
