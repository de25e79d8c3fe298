package dev.millrace.core.fold;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The tuples that a fold still needs, numbered from 0, each with where its unchanged fields come from. Belongs to one thread.
///
/// A base is the number of an earlier version, [#NONE] for a tuple without unchanged fields, or the destination's row of a key
/// ([#target]).
final class RowVersions {

    static final int NONE = -1;

    private final List<TableChanges> sources = new ArrayList<>();
    private int[] places = new int[768];
    private final Tuple scratch = new Tuple();
    private int size;

    /// The base that stands for the destination's row of the key with that number.
    static int target(int key) {
        return -2 - key;
    }

    static boolean isTarget(int base) {
        return base < NONE;
    }

    static int targetKey(int base) {
        return -2 - base;
    }

    /// The tuples added from now on lie in `changes`.
    void source(TableChanges changes) {
        sources.add(changes);
    }

    int add(Tuple tuple, int base) {
        if (3 * size == places.length) {
            places = Arrays.copyOf(places, places.length * 2);
        }
        places[3 * size] = sources.size() - 1;
        places[3 * size + 1] = tuple.start();
        places[3 * size + 2] = base;
        return size++;
    }

    int base(int version) {
        return places[3 * version + 2];
    }

    void read(int version, Tuple into) {
        sources.get(places[3 * version]).read(places[3 * version + 1], into);
    }

    /// Fills a row with the fields of a version and, where those are unchanged, of the versions that it builds on.
    ///
    /// @return the base at which the fields that are still missing have to be looked up
    int fill(int first, FoldedRow into) {
        int version = first;
        while (version >= 0 && !into.isWhole()) {
            read(version, scratch);
            into.fill(scratch);
            version = base(version);
        }
        return version;
    }

    /// Fills a row of a table without a key, which always has every field.
    void fillWhole(int first, FoldedRow into, Shape shape) {
        fill(first, into);
        if (!into.isWhole()) {
            throw new IllegalStateException("Invalid change of %s: a field is missing from a whole row".formatted(shape.table()));
        }
    }

    /// Adds the old row of a change to a table without a key.
    int addWholeOld(ChangeCursor cursor, Shape shape) {
        if (cursor.oldRow() != ChangeCursor.OldRow.WHOLE) {
            throw new IllegalStateException(
                    "Invalid change of %s: no whole old row (must have one, as the table has no key)".formatted(shape.table()));
        }
        return add(cursor.oldTuple(), NONE);
    }
}
