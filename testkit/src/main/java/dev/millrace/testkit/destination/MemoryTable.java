package dev.millrace.testkit.destination;

import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.value.PgText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows of one table, changed one change at a time, as the contract has it.
final class MemoryTable {

    /// Stands for a value that an update left out and that is nowhere else.
    private static final String ABSENT = "<absent>";

    private static final long MILLISECOND = 1_000;

    /// The columns that rows have or had, in the order in which they came.
    private final Set<String> columns = new LinkedHashSet<>();
    private final List<Row> rows = new ArrayList<>();
    /// By key, the latest transaction that did something else to it than to insert it.
    private final Map<List<@Nullable String>, Long> altered = new HashMap<>();
    private SyncMode mode;
    private Shape shape;
    private int missing;

    /// A row; its values are PostgreSQL's text.
    ///
    /// @param deleted whether it has ended: marked deleted, or a closed version
    /// @param start of a version, microseconds since 1970
    /// @param end of a closed version
    /// @param openedBy the transaction that a version began with; -1 for one that was copied
    /// @param closedBy the transaction that it ended with
    private record Row(
            Map<String, @Nullable String> values, boolean deleted, long start, long end, long openedBy, long closedBy) {

        static Row of(Map<String, @Nullable String> values, long start, long openedBy) {
            return new Row(values, false, start, 0, openedBy, -1);
        }

        Row ended(long at, long by) {
            return new Row(values, true, start, at, openedBy, by);
        }

        Row reopened() {
            return new Row(values, false, start, 0, openedBy, -1);
        }

        /// The latest moment of which it says something.
        long known() {
            return deleted ? end : start;
        }
    }

    MemoryTable(Shape shape, SyncMode mode) {
        this.shape = shape;
        this.mode = mode;
        reshape(shape);
    }

    MemoryTable(MemoryTable from) {
        this.shape = from.shape;
        this.mode = from.mode;
        this.columns.addAll(from.columns);
        this.rows.addAll(from.rows);
        this.altered.putAll(from.altered);
    }

    Shape shape() {
        return shape;
    }

    /// This table without what it has in some columns; empty if rows are told apart by one of them.
    Optional<MemoryTable> without(Set<String> names, Shape next) {
        Set<String> here = new LinkedHashSet<>(names);
        here.retainAll(columns);
        if (here.stream().anyMatch(name -> shape.isTold(name) || next.isTold(name))) {
            return Optional.empty();
        }
        MemoryTable left = new MemoryTable(this);
        here.forEach(name -> left.rows.replaceAll(row -> with(row, name, null)));
        return Optional.of(left);
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
        return new Row(values, row.deleted(), row.start(), row.end(), row.openedBy(), row.closedBy());
    }

    /// Adds a row of a copy.
    ///
    /// @param takenAt when its snapshot was taken
    void load(byte[] copied, Instant takenAt) {
        Tuple tuple = new Tuple();
        tuple.readCopied(copied, 0);
        Map<String, @Nullable String> values = new HashMap<>();
        for (int i = 0; i < tuple.count(); i++) {
            Column column = shape.columns().get(i);
            byte kind = WireForm.of(column.type()) == WireForm.TEXT ? Tuple.TEXT : Tuple.BINARY;
            values.put(column.name(), tuple.kind(i) == Tuple.NULL ? null : text(column, kind, tuple, i));
        }
        rows.add(Row.of(values, Transaction.micros(takenAt), -1));
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
            case INSERT -> put(read(cursor.newTuple(), Map.of()), cursor);
            case UPDATE -> update(cursor);
            case DELETE -> endOne(read(cursor.oldTuple(), Map.of()), cursor, false);
            case TRUNCATE -> live().forEach(row -> endOne(row.values(), cursor, false));
        }
    }

    private void update(ChangeCursor cursor) {
        Map<String, @Nullable String> old = switch (cursor.oldRow()) {
            case NONE -> read(cursor.newTuple(), Map.of());
            case KEY, WHOLE -> read(cursor.oldTuple(), Map.of());
        };
        boolean isWhole = cursor.oldRow() == ChangeCursor.OldRow.WHOLE;
        Optional<Row> found = find(old).filter(row -> shape.filter().isEmpty() || !row.deleted());
        Map<String, @Nullable String> known = isWhole ? old : found.<Map<String, @Nullable String>>map(Row::values).orElse(Map.of());
        Map<String, @Nullable String> row = read(cursor.newTuple(), known);
        if (!shape.isKeyed() || !key(old).equals(key(row))) {
            endOne(old, cursor, true);
        }
        put(row, cursor);
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

    private void put(Map<String, @Nullable String> values, ChangeCursor cursor) {
        if (shape.isKeyed() && mode == SyncMode.HISTORY) {
            happen(key(values), values, cursor.committedAt(), cursor.xid(), cursor.kind() == ChangeKind.INSERT);
            return;
        }
        if (shape.isKeyed()) {
            rows.removeIf(row -> key(row.values()).equals(key(values)));
        }
        rows.add(Row.of(values, cursor.committedAt(), cursor.xid()));
    }

    /// Ends the row with that key, or one live row with these values.
    ///
    /// @param replaced whether an update put another in its place
    private void endOne(Map<String, @Nullable String> values, ChangeCursor cursor, boolean replaced) {
        if (shape.isKeyed() && mode == SyncMode.HISTORY) {
            happen(key(values), null, cursor.committedAt(), cursor.xid(), false);
            return;
        }
        Optional<Row> found = find(values);
        if (found.isEmpty()) {
            missing += shape.isKeyed() ? 0 : 1;
            return;
        }
        Row row = found.get();
        long end = Math.max(row.start(), cursor.committedAt() - (replaced ? MILLISECOND : 0));
        boolean neverSeen = mode == SyncMode.HISTORY && row.start() == cursor.committedAt();
        if (mode == SyncMode.LIVE || neverSeen) {
            rows.remove(row);
        } else {
            rows.set(rows.indexOf(row), row.ended(end, cursor.xid()));
        }
    }

    /// Notes in the history of a key that it has these values now, or, without values, no row; what the same transaction did to it before
    /// was never seen. If all that it did was to insert what lived before with equal values, nothing happened.
    private void happen(
            List<@Nullable String> key, @Nullable Map<String, @Nullable String> values, long at, long xid, boolean inserts) {
        if (!inserts) {
            altered.put(key, xid);
        }
        rows.removeIf(row -> row.openedBy() == xid && key(row.values()).equals(key));
        rows.replaceAll(row -> row.deleted() && row.closedBy() == xid && key(row.values()).equals(key) ? row.reopened() : row);
        List<Row> versions = rows.stream().filter(row -> key(row.values()).equals(key)).toList();
        if (values != null && !Objects.equals(altered.get(key), xid) && isLive(versions, values)) {
            return;
        }
        long time = Math.max(at, versions.stream().mapToLong(row -> row.known() + MILLISECOND).max().orElse(at));
        versions.stream()
                .filter(row -> !row.deleted())
                .forEach(row -> rows.set(rows.indexOf(row), row.ended(values == null ? time : time - MILLISECOND, xid)));
        if (values != null) {
            rows.add(Row.of(values, time, xid));
        }
    }

    private boolean isLive(List<Row> versions, Map<String, @Nullable String> values) {
        return versions.stream().anyMatch(row -> !row.deleted() && present(row.values()).equals(present(values)));
    }

    private Optional<Row> find(Map<String, @Nullable String> values) {
        return rows.stream()
                .filter(row -> shape.isKeyed()
                        ? !(mode == SyncMode.HISTORY && row.deleted()) && key(row.values()).equals(key(values))
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

    /// Takes the place of the table that was published before: its rows that are not here are carried over as ended.
    ///
    /// @param now when rows ended that are not here
    MemoryTable inPlaceOf(MemoryTable old, Instant now) {
        if (mode == SyncMode.HISTORY && shape.isKeyed()) {
            return old.continuedBy(this, Transaction.micros(now));
        }
        if (mode != SyncMode.LIVE) {
            columns.addAll(old.columns);
            carryOver(old, Transaction.micros(now));
        }
        return this;
    }

    private void carryOver(MemoryTable old, long now) {
        List<Row> mine = new ArrayList<>(rows.stream().filter(row -> !row.deleted() || mode == SyncMode.HISTORY).toList());
        for (Row row : old.rows) {
            Optional<Row> here = shape.isKeyed()
                    ? rows.stream().filter(each -> key(each.values()).equals(key(row.values()))).findFirst()
                    : mine.stream()
                            .filter(each -> !row.deleted() && present(each.values()).equals(present(row.values())))
                            .findFirst();
            if (here.isEmpty()) {
                rows.add(row.deleted() ? row : row.ended(Math.max(now, row.start()), -1));
            } else if (!shape.isKeyed()) {
                mine.remove(here.get());
                Row same = here.get();
                rows.set(rows.indexOf(same), new Row(same.values(), same.deleted(), row.start(), same.end(), -1, -1));
            }
        }
    }

    /// Lets the histories of a copy's keys go on from what is here, and ends the others.
    private MemoryTable continuedBy(MemoryTable copy, long now) {
        reshape(copy.shape);
        long event = Long.MIN_VALUE;
        for (Row row : live().toList()) {
            if (copy.rows.stream().noneMatch(each -> key(each.values()).equals(key(row.values())))) {
                happen(key(row.values()), null, now, event++, false);
            }
        }
        List<Row> versions = copy.rows.stream().sorted(Comparator.comparingLong(Row::start)).toList();
        for (Row version : versions) {
            boolean first = versions.stream()
                    .filter(row -> key(row.values()).equals(key(version.values())))
                    .findFirst()
                    .orElseThrow()
                    .equals(version);
            boolean goesOn = first
                    && live().anyMatch(row -> key(row.values()).equals(key(version.values()))
                            && present(row.values()).equals(present(version.values())));
            if (!goesOn) {
                happen(key(version.values()), version.values(), version.start(), event++, false);
            }
            boolean followed = versions.stream()
                    .anyMatch(row -> key(row.values()).equals(key(version.values())) && row.start() == version.end() + MILLISECOND);
            if (version.deleted() && !followed) {
                happen(key(version.values()), null, version.end(), event++, false);
            }
        }
        missing = copy.missing;
        return this;
    }

    /// Turns the rows into those of another mode.
    ///
    /// @param now when versions begin
    void convert(SyncMode to, Instant now) {
        if (mode == to) {
            return;
        }
        long micros = Transaction.micros(now);
        if (mode == SyncMode.HISTORY && to == SyncMode.SOFT_DELETE && shape.isKeyed()) {
            rows.removeIf(row -> rows.stream()
                    .anyMatch(other -> key(other.values()).equals(key(row.values())) && other.start() > row.start()));
        }
        if (to == SyncMode.LIVE) {
            rows.removeIf(Row::deleted);
        }
        if (to == SyncMode.HISTORY) {
            rows.replaceAll(row -> row.deleted()
                    ? new Row(row.values(), true, micros, micros, -1, -1)
                    : Row.of(row.values(), micros, -1));
        }
        mode = to;
    }

    private Stream<Row> live() {
        return List.copyOf(rows).stream().filter(row -> !row.deleted());
    }

    /// How many rows live.
    long liveRows() {
        return live().count();
    }

    /// The rows as a reader sees them: each with every column.
    List<SeenRow> seen() {
        return rows.stream()
                .filter(row -> !row.values().containsValue(ABSENT))
                .map(row -> {
                    Map<String, @Nullable String> values = new LinkedHashMap<>();
                    columns.forEach(column -> values.put(column, row.values().get(column)));
                    return mode == SyncMode.HISTORY
                            ? SeenRow.of(values, false, Optional.of(span(row)))
                            : SeenRow.of(values, row.deleted());
                })
                .toList();
    }

    private static SeenRow.Span span(Row row) {
        Instant end = row.deleted() ? Instant.EPOCH.plus(row.end(), ChronoUnit.MICROS) : Destination.OPEN_END;
        return new SeenRow.Span(Instant.EPOCH.plus(row.start(), ChronoUnit.MICROS), end, !row.deleted());
    }
}
