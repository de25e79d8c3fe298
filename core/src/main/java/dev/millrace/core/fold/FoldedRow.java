package dev.millrace.core.fold;

import dev.millrace.core.change.Tuple;

/// One row as a fold leaves it: where the bytes of each of its fields lie, and whether it lives.
///
/// A field whose kind is [Tuple#UNCHANGED] has the value that the destination holds for the row with the [base key][#baseKey].
/// A mutable cursor: good until the next row is read into it. Belongs to one thread.
public final class FoldedRow {

    private final byte[][] bytes;
    private final byte[] kinds;
    private final int[] offsets;
    private final int[] lengths;
    private final Tuple base = new Tuple();
    private int unresolved;
    private boolean live;

    /// A row of that many fields, to be read into.
    public FoldedRow(int fields) {
        bytes = new byte[fields][];
        kinds = new byte[fields];
        offsets = new int[fields];
        lengths = new int[fields];
    }

    void begin(boolean isLive) {
        live = isLive;
        java.util.Arrays.fill(kinds, Tuple.UNCHANGED);
        unresolved = kinds.length;
    }

    /// Takes each field that is still unknown from a tuple that knows it.
    void fill(Tuple from) {
        for (int field = 0; field < kinds.length && unresolved > 0; field++) {
            fill(field, from);
        }
    }

    void fill(int field, Tuple from) {
        byte kind = from.kind(field);
        if (kinds[field] == Tuple.UNCHANGED && kind != Tuple.UNCHANGED) {
            kinds[field] = kind;
            bytes[field] = from.bytes();
            offsets[field] = from.offset(field);
            lengths[field] = from.length(field);
            unresolved--;
        }
    }

    Tuple base() {
        return base;
    }

    /// Whether every field is known.
    public boolean isWhole() {
        return unresolved == 0;
    }


    /// Whether the row exists at the source; otherwise it is to be marked deleted.
    public boolean live() {
        return live;
    }

    /// The form of a field, as [Tuple#kind].
    public byte kind(int field) {
        return kinds[field];
    }

    /// The buffer of a field; meaningless for a null or unchanged field.
    public byte[] bytes(int field) {
        return bytes[field];
    }

    /// Where the field's bytes begin.
    public int offset(int field) {
        return offsets[field];
    }

    /// How many bytes the field has.
    public int length(int field) {
        return lengths[field];
    }

    /// A tuple of which only the key's fields are meaningful: the key under which the destination holds the values of this row's
    /// unknown fields. Meaningless for a whole row.
    public Tuple baseKey() {
        return base;
    }
}
