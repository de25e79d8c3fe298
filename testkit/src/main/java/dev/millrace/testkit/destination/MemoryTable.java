package dev.millrace.testkit.destination;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.value.PgText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The rows of one table, changed one change at a time, as the contract has it.
final class MemoryTable {

    /// Stands for a value that an update left out and that is nowhere else.
    private static final String ABSENT = "<absent>";

    /// The columns that rows have or had, in the order in which they came.
    private final Set<String> columns = new LinkedHashSet<>();
    private final List<Row> rows = new ArrayList<>();
    private Shape shape;
    private int missing;

    /// A row; its values are PostgreSQL's text.
    private record Row(Map<String, @Nullable String> values, boolean deleted) {}

    MemoryTable(Shape shape) {
        this.shape = shape;
        reshape(shape);
    }

    MemoryTable(MemoryTable from) {
        this.shape = from.shape;
        this.columns.addAll(from.columns);
        this.rows.addAll(from.rows);
    }

    Shape shape() {
        return shape;
    }

    /// Takes on a shape: columns get new names and new columns their value for older rows.
    void reshape(Shape next) {
        Shape before = shape;
        shape = next.recognize(before);
        for (Column column : shape.columns()) {
            boolean wasThere = !columns.add(column.name());
            Optional<Column> earlier = before.column(column.number());
            boolean isNew = earlier.isEmpty() && before.column(column.name()).isEmpty() && column.number() > before.origin().columnsEver();
            if (earlier.isPresent() && !earlier.get().name().equals(column.name())) {
                rows.replaceAll(row -> moved(row, earlier.get().name(), column.name()));
            } else if (isNew && (wasThere || column.initially().isPresent())) {
                rows.replaceAll(row -> row.deleted() ? row : with(row, column.name(), column.initially().orElse(null)));
            }
        }
    }

    private static Row moved(Row row, String from, String to) {
        Row moved = with(row, to, row.values().get(from));
        moved.values().remove(from);
        return moved;
    }

    private static Row with(Row row, String column, @Nullable String value) {
        Map<String, @Nullable String> values = new HashMap<>(row.values());
        values.put(column, value);
        return new Row(values, row.deleted());
    }

    /// Adds a row of a copy.
    void load(byte[] copied) {
        Tuple tuple = new Tuple();
        tuple.readCopied(copied, 0);
        Map<String, @Nullable String> values = new HashMap<>();
        for (int i = 0; i < tuple.count(); i++) {
            Column column = shape.columns().get(i);
            byte kind = WireForm.of(column.type()) == WireForm.TEXT ? Tuple.TEXT : Tuple.BINARY;
            values.put(column.name(), tuple.kind(i) == Tuple.NULL ? null : text(column, kind, tuple, i));
        }
        rows.add(new Row(values, false));
    }

    private static String text(Column column, byte kind, Tuple tuple, int field) {
        return PgText.of(column.type(), kind, tuple.bytes(), tuple.offset(field), tuple.length(field));
    }

    /// Applies changes, in order.
    void apply(TableChanges changes, LongPredicate skipped) {
        reshape(changes.shape());
        ChangeCursor cursor = changes.cursor();
        while (cursor.advance()) {
            if (!skipped.test(cursor.xid())) {
                apply(cursor);
            }
        }
    }

    /// How many changes built on rows that are not there, so that live rows lack values or removed ones stay.
    long missing() {
        return missing
                + rows.stream().filter(row -> !row.deleted() && row.values().containsValue(ABSENT)).count();
    }

    private void apply(ChangeCursor cursor) {
        switch (cursor.kind()) {
            case INSERT -> put(read(cursor.newTuple(), Map.of()));
            case UPDATE -> update(cursor);
            case DELETE -> markOne(read(cursor.oldTuple(), Map.of()));
            case TRUNCATE -> rows.replaceAll(row -> new Row(row.values(), true));
        }
    }

    private void update(ChangeCursor cursor) {
        Map<String, @Nullable String> old = switch (cursor.oldRow()) {
            case NONE -> read(cursor.newTuple(), Map.of());
            case KEY, WHOLE -> read(cursor.oldTuple(), Map.of());
        };
        boolean isWhole = cursor.oldRow() == ChangeCursor.OldRow.WHOLE;
        Optional<Row> found = find(old);
        Map<String, @Nullable String> known = isWhole ? old : found.<Map<String, @Nullable String>>map(Row::values).orElse(Map.of());
        Map<String, @Nullable String> row = read(cursor.newTuple(), known);
        if (!shape.isKeyed() || !key(old).equals(key(row))) {
            markOne(old);
        }
        put(row);
    }

    /// The values of a tuple; unchanged ones from `known`.
    private Map<String, @Nullable String> read(Tuple tuple, Map<String, @Nullable String> known) {
        Map<String, @Nullable String> values = new HashMap<>();
        for (int i = 0; i < tuple.count(); i++) {
            Column column = shape.columns().get(i);
            switch (tuple.kind(i)) {
                case Tuple.NULL -> values.put(column.name(), null);
                case Tuple.UNCHANGED -> {
                    if (known.containsKey(column.name())) {
                        values.put(column.name(), known.get(column.name()));
                    } else {
                        values.put(column.name(), ABSENT);
                    }
                }
                default -> values.put(column.name(), text(column, tuple.kind(i), tuple, i));
            }
        }
        return values;
    }

    private void put(Map<String, @Nullable String> values) {
        if (shape.isKeyed()) {
            rows.removeIf(row -> key(row.values()).equals(key(values)));
        }
        rows.add(new Row(values, false));
    }

    /// Marks the row with that key, or one row with these values, deleted.
    private void markOne(Map<String, @Nullable String> values) {
        Optional<Row> found = find(values);
        if (found.isPresent()) {
            rows.set(rows.indexOf(found.get()), new Row(found.get().values(), true));
        } else if (!shape.isKeyed()) {
            missing++;
        }
    }

    private Optional<Row> find(Map<String, @Nullable String> values) {
        return rows.stream()
                .filter(row -> shape.isKeyed()
                        ? key(row.values()).equals(key(values))
                        : !row.deleted() && present(row.values()).equals(present(values)))
                .findFirst();
    }

    private List<@Nullable String> key(Map<String, @Nullable String> values) {
        return shape.keyPlaces().stream()
                .<@Nullable String>map(place -> comparable(shape.columns().get(place), values))
                .toList();
    }

    /// A key's value without the zeros behind a number's point, which make no difference to PostgreSQL.
    private static @Nullable String comparable(Column column, Map<String, @Nullable String> values) {
        String value = values.get(column.name());
        boolean isNumber = column.type().underneath() instanceof SourceType.Scalar scalar && scalar.oid() == Oid.NUMERIC;
        return isNumber && value != null && value.contains(".") ? value.replaceAll("\\.?0+$", "") : value;
    }

    /// The values of the columns that the shape has, without those that are null.
    private Map<String, String> present(Map<String, @Nullable String> values) {
        Map<String, String> present = new HashMap<>();
        for (Column column : shape.columns()) {
            String value = values.get(column.name());
            if (value != null) {
                present.put(column.name(), value);
            }
        }
        return present;
    }

    /// Takes over, as deleted, the rows of the table that this one replaces and that it does not have.
    void carryOver(MemoryTable old) {
        columns.addAll(old.columns);
        List<Map<String, String>> live = new ArrayList<>(rows.stream()
                .filter(row -> !row.deleted())
                .map(row -> present(row.values()))
                .toList());
        for (Row row : old.rows) {
            boolean isHere = shape.isKeyed()
                    ? rows.stream().anyMatch(mine -> key(mine.values()).equals(key(row.values())))
                    : !row.deleted() && live.remove(present(row.values()));
            if (!isHere) {
                rows.add(new Row(row.values(), true));
            }
        }
    }

    /// How many rows live.
    long live() {
        return rows.stream().filter(row -> !row.deleted()).count();
    }

    /// The rows as a reader sees them: each with every column.
    List<SeenRow> seen() {
        return rows.stream()
                .filter(row -> !row.values().containsValue(ABSENT))
                .map(row -> {
                    Map<String, @Nullable String> values = new LinkedHashMap<>();
                    columns.forEach(column -> values.put(column, row.values().get(column)));
                    return new SeenRow(values, row.deleted());
                })
                .toList();
    }
}
