package dev.millrace.testkit.change;

import dev.millrace.core.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A source that changes by chance: few keys and few values, so that everything happens to everything. Belongs to one thread.
///
/// What it does is what a source could do: it updates and moves only rows that are there, and leaves a field unchanged only where PostgreSQL
/// would. At times it says again what is so already, as a source does that is looked at: a row is inserted that is there, or deleted that is not.
public final class RandomHistory {

    /// A table with a key and two columns that can be large.
    public static final Shape KEYED = Shapes.table("public", "keyed")
            .column("name", Shapes.TEXT)
            .column("id", Shapes.INT4)
            .column("body", Shapes.TEXT)
            .key("id")
            .shape();

    /// A table without a key.
    public static final Shape KEYLESS = Shapes.table("public", "keyless")
            .column("a", Shapes.INT8)
            .column("b", Shapes.TEXT)
            .shape();

    private static final int KEYS = 12;

    private final Random random;
    private final Map<Integer, List<@Nullable String>> keyed = new TreeMap<>();
    private final List<List<@Nullable String>> keyless = new ArrayList<>();

    /// Begins with empty tables.
    public RandomHistory(Random random) {
        this.random = random;
    }

    /// The rows that live in [#KEYED].
    public List<List<@Nullable String>> keyedRows() {
        return List.copyOf(keyed.values());
    }

    /// The rows that live in [#KEYLESS].
    public List<List<@Nullable String>> keylessRows() {
        return List.copyOf(keyless);
    }

    /// Lets something happen to one of the tables, and writes it down twice.
    public void step(ChangeScript one, ChangeScript other) {
        int chance = random.nextInt(100);
        if (chance == 0) {
            keyed.clear();
            both(one, other, script -> script.truncate(KEYED));
        } else if (chance == 1) {
            keyless.clear();
            both(one, other, script -> script.truncate(KEYLESS));
        } else if (chance < 65) {
            stepKeyed(one, other);
        } else {
            stepKeyless(one, other);
        }
    }

    private interface Line {
        void write(ChangeScript script);
    }

    private static void both(ChangeScript one, ChangeScript other, Line line) {
        line.write(one);
        line.write(other);
    }

    private void stepKeyed(ChangeScript one, ChangeScript other) {
        int id = random.nextInt(KEYS);
        List<@Nullable String> old = keyed.get(id);
        if (random.nextInt(8) == 0) {
            repeat(one, other, id, old);
            return;
        }
        if (old == null) {
            @Nullable String[] row = {value(), Integer.toString(id), value()};
            keyed.put(id, Arrays.asList(row));
            both(one, other, script -> script.insert(KEYED, row));
            return;
        }
        @Nullable String[] key = {null, Integer.toString(id), null};
        if (random.nextInt(4) == 0) {
            keyed.remove(id);
            boolean whole = random.nextInt(4) == 0;
            @Nullable String[] row = old.toArray(new @Nullable String[0]);
            both(one, other, script -> {
                if (whole) {
                    script.deleteWhole(KEYED, row);
                } else {
                    script.delete(KEYED, key);
                }
            });
            return;
        }
        updateKeyed(one, other, id, old, key);
    }

    private void repeat(ChangeScript one, ChangeScript other, int id, @Nullable List<@Nullable String> old) {
        if (old != null) {
            @Nullable String[] row = old.toArray(new @Nullable String[0]);
            both(one, other, script -> script.insert(KEYED, row));
        } else if (random.nextBoolean()) {
            both(one, other, script -> script.delete(KEYED, null, Integer.toString(id), null));
        } else {
            both(one, other, script -> script.deleteWhole(KEYED, "never", Integer.toString(id), "seen"));
        }
    }

    private void updateKeyed(
            ChangeScript one, ChangeScript other, int id, List<@Nullable String> old, @Nullable String[] key) {
        int moved = random.nextInt(KEYS);
        int target = random.nextInt(3) == 0 && !keyed.containsKey(moved) ? moved : id;
        @Nullable String[] logged = {fieldOf(old.get(0)), Integer.toString(target), fieldOf(old.get(2))};
        List<@Nullable String> row = new ArrayList<@Nullable String>(Arrays.asList(logged));
        for (int i = 0; i < logged.length; i++) {
            if (ChangeScript.UNCHANGED.equals(logged[i])) {
                row.set(i, old.get(i));
            }
        }
        keyed.remove(id);
        keyed.put(target, row);
        boolean whole = random.nextInt(4) == 0;
        both(one, other, script -> {
            if (whole) {
                script.updateWhole(KEYED, old, logged);
            } else if (target != id) {
                script.move(KEYED, Arrays.asList(key), logged);
            } else {
                script.update(KEYED, logged);
            }
        });
    }

    private void stepKeyless(ChangeScript one, ChangeScript other) {
        @Nullable String[] row = {random.nextInt(5) == 0 ? null : Integer.toString(random.nextInt(3)), value()};
        int chance = random.nextInt(3);
        if (keyless.isEmpty() || chance == 0) {
            keyless.add(Arrays.asList(row));
            both(one, other, script -> script.insert(KEYLESS, row));
            return;
        }
        List<@Nullable String> old = keyless.remove(random.nextInt(keyless.size()));
        if (chance == 1) {
            @Nullable String[] gone = old.toArray(new @Nullable String[0]);
            both(one, other, script -> script.deleteWhole(KEYLESS, gone));
            return;
        }
        @Nullable String[] logged = {row[0], fieldOf(old.get(1))};
        keyless.add(Arrays.asList(row[0], ChangeScript.UNCHANGED.equals(logged[1]) ? old.get(1) : logged[1]));
        both(one, other, script -> script.updateWhole(KEYLESS, old, logged));
    }

    /// A new value, or, where there is an old one, sometimes that it is unchanged.
    private @Nullable String fieldOf(@Nullable String old) {
        return old != null && random.nextInt(3) == 0 ? ChangeScript.UNCHANGED : value();
    }

    private @Nullable String value() {
        int chance = random.nextInt(8);
        return chance == 0 ? null : chance == 1 ? "" : "v" + random.nextInt(100);
    }
}
