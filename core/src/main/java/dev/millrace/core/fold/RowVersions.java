package dev.millrace.core.fold;

import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
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
}
