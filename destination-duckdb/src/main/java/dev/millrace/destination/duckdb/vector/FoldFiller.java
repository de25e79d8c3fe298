package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.fold.FoldedRow;
import java.util.List;

/// Takes the rows of a fold: some fields of each, in an order, and then what the statement needs to know beside them.
public final class FoldFiller implements RowFiller {

    /// How many columns one mask speaks of.
    public static final int MASK_BITS = 63;

    private static final byte[] FLAGS = {0, 1};

    /// The rows of a fold, one after the other.
    @FunctionalInterface
    public interface Rows {
        /// Reads the next row; false behind the last.
        boolean next(FoldedRow into);
    }

    private final Rows rows;
    private final FoldedRow row;
    private final int[] places;
    private final boolean hasDeleted;
    private final int[] lookup;

    private FoldFiller(Rows rows, int fields, List<Integer> places, boolean hasDeleted, List<Integer> lookup) {
        this.rows = rows;
        this.row = new FoldedRow(fields);
        this.places = places.stream().mapToInt(Integer::intValue).toArray();
        this.hasDeleted = hasDeleted;
        this.lookup = lookup.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Only some fields.
    ///
    /// @param fields how many the rows have
    /// @param places which are taken
    public static FoldFiller ofFields(Rows rows, int fields, List<Integer> places) {
        return new FoldFiller(rows, fields, places, false, List.of());
    }

    /// All fields, and whether the row is deleted.
    public static FoldFiller ofRows(Rows rows, int fields) {
        return new FoldFiller(rows, fields, all(fields), true, List.of());
    }

    /// All fields, whether the row is deleted, [masks][#masks] with a bit for each field that is unknown, and the key under which the
    /// destination has it.
    public static FoldFiller ofPartialRows(Rows rows, int fields, List<Integer> keyPlaces) {
        return new FoldFiller(rows, fields, all(fields), true, keyPlaces);
    }

    private static List<Integer> all(int fields) {
        return java.util.stream.IntStream.range(0, fields).boxed().toList();
    }

    /// How many masks so many fields have.
    public static int masks(int fields) {
        return (fields + MASK_BITS - 1) / MASK_BITS;
    }

    @Override
    public int fill(RowBlock block) {
        int count = 0;
        while (count < block.limit() && rows.next(row)) {
            put(block, count++);
        }
        return count;
    }

    private void put(RowBlock block, int at) {
        for (int i = 0; i < places.length; i++) {
            int field = places[i];
            block.fields[i].set(at, row.kind(field), row.bytes(field), row.offset(field), row.length(field));
        }
        if (!hasDeleted) {
            return;
        }
        block.fields[places.length].set(at, Tuple.BINARY, FLAGS, row.live() ? 0 : 1, 1);
        if (lookup.length > 0) {
            putLookup(block, at, places.length + 1);
        }
    }

    private void putLookup(RowBlock block, int at, int first) {
        int masks = masks(places.length);
        for (int mask = 0; mask < masks; mask++) {
            long bits = 0;
            for (int i = mask * MASK_BITS; i < Math.min(places.length, (mask + 1) * MASK_BITS); i++) {
                if (row.kind(i) == Tuple.UNCHANGED) {
                    bits |= 1L << i % MASK_BITS;
                }
            }
            byte[] bytes = new byte[8];
            for (int i = 0; i < 8; i++) {
                bytes[i] = (byte) (bits >>> 56 - 8 * i);
            }
            block.fields[first + mask].set(at, Tuple.BINARY, bytes, 0, 8);
        }
        Tuple base = row.baseKey();
        for (int i = 0; i < lookup.length; i++) {
            int field = lookup[i];
            block.fields[first + masks + i].set(at, base.kind(field), base.bytes(), base.offset(field), base.length(field));
        }
    }
}
