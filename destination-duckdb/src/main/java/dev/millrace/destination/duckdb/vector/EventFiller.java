package dev.millrace.destination.duckdb.vector;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.fold.FoldedRow;
import java.util.List;

/// Takes the events of a history: all fields of each, then some numbers that tell of it, and then, where fields may be unknown,
/// [masks][FoldFiller#masks] with a bit for each field that is, and the key under which the destination has them.
public final class EventFiller implements RowFiller {

    /// Events, one after the other.
    @FunctionalInterface
    public interface Events {
        /// Reads the next event and what is to be told of it; false behind the last.
        boolean next(FoldedRow into, long[] numbers);
    }

    private final Events events;
    private final FoldedRow row;
    private final int fields;
    private final long[] numbers;
    private final int[] lookup;

    /// Takes events.
    ///
    /// @param fields how many a row has
    /// @param numbers how many are told of each event
    /// @param lookup the places of the key, if fields may be unknown; empty otherwise
    public EventFiller(Events events, int fields, int numbers, List<Integer> lookup) {
        this.events = events;
        this.row = new FoldedRow(fields);
        this.fields = fields;
        this.numbers = new long[numbers];
        this.lookup = lookup.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public int fill(RowBlock block) {
        int count = 0;
        while (count < block.limit() && events.next(row, numbers)) {
            put(block, count++);
        }
        return count;
    }

    private void put(RowBlock block, int at) {
        for (int i = 0; i < fields; i++) {
            block.fields[i].set(at, row.kind(i), row.bytes(i), row.offset(i), row.length(i));
        }
        int place = fields;
        for (long number : numbers) {
            putLong(block, at, place++, number);
        }
        if (lookup.length > 0) {
            putLookup(block, at, place);
        }
    }

    private void putLookup(RowBlock block, int at, int first) {
        int place = first;
        for (int from = 0; from < fields; from += FoldFiller.MASK_BITS) {
            long bits = 0;
            for (int i = from; i < Math.min(fields, from + FoldFiller.MASK_BITS); i++) {
                if (row.live() && row.kind(i) == Tuple.UNCHANGED) {
                    bits |= 1L << i - from;
                }
            }
            putLong(block, at, place++, bits);
        }
        Tuple base = row.baseKey();
        for (int field : lookup) {
            if (row.isWhole()) {
                block.fields[place++].set(at, row.kind(field), row.bytes(field), row.offset(field), row.length(field));
            } else {
                block.fields[place++].set(at, base.kind(field), base.bytes(), base.offset(field), base.length(field));
            }
        }
    }

    private static void putLong(RowBlock block, int at, int place, long number) {
        byte[] bytes = new byte[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (number >>> 56 - 8 * i);
        }
        block.fields[place].set(at, Tuple.BINARY, bytes, 0, 8);
    }
}
