package dev.millrace.source.filter;

import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Ordering;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.OrderedValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Turns the changes of a table into those of the rows that pass its filter. Belongs to one thread.
///
/// A row that comes into the filter by an update is inserted, one that leaves it is deleted, and what happens outside is nothing. Where the log
/// carries the old row, that says what it was; where it carries keys only, an update to what does not pass is a delete, which may find
/// nothing, and one to what passes stays an update, whose row the destination may not have.
public final class RowSieve {

    /// What became of a change.
    public enum Outcome {
        /// It is of no row that passes.
        NOTHING,
        /// It goes on as [#change], which [#buffer], [#from] and [#to] hold.
        CHANGE,
        /// The log does not carry a value that the filter asks for.
        UNDECIDED
    }

    private enum Verdict {
        PASSES,
        FAILS,
        UNKNOWN
    }

    /// A condition on a field of the log's rows.
    private record Test(int field, RowFilter.Operator operator, SourceType type, Ordering ordering, List<OrderedValue> values) {

        boolean isTrue(Tuple row) {
            boolean isNull = row.kind(field) == Tuple.NULL;
            if (operator.asksForNull() || isNull) {
                return operator == (isNull ? RowFilter.Operator.IS_NULL : RowFilter.Operator.IS_NOT_NULL);
            }
            OrderedValue value = OrderedField.of(type, ordering, row, field);
            return values.stream().anyMatch(wanted -> holds(value.compareTo(wanted)));
        }

        private boolean holds(int comparison) {
            return switch (operator) {
                case EQUALS, IN -> comparison == 0;
                case NOT_EQUALS -> comparison != 0;
                case LESS_THAN -> comparison < 0;
                case LESS_OR_EQUAL -> comparison <= 0;
                case GREATER_THAN -> comparison > 0;
                case GREATER_OR_EQUAL -> comparison >= 0;
                case IS_NULL, IS_NOT_NULL -> false;
            };
        }
    }

    private final Shape shape;
    private final List<Test> tests;
    private final Tuple oldRow = new Tuple();
    private final Tuple newRow = new Tuple();
    private ChangeKind change = ChangeKind.INSERT;
    private byte[] buffer = new byte[0];
    private int from;
    private int to;
    private byte[] made = new byte[256];
    private int length;

    private RowSieve(Shape shape, List<Test> tests) {
        this.shape = shape;
        this.tests = tests;
    }

    /// A sieve for rows that have a shape, which may be older than the filter; empty if a column is not there or compares otherwise.
    ///
    /// @param now the shape that the filter is of
    public static Optional<RowSieve> of(Shape logged, Shape now) {
        List<Test> tests = new ArrayList<>();
        for (RowFilter.Condition condition : now.filter().conditions()) {
            Optional<Column> column = logged.column(condition.column());
            Optional<Ordering> ordering = column.flatMap(known -> Ordering.of(known.type()));
            boolean compares = ordering.equals(now.column(condition.column()).flatMap(known -> Ordering.of(known.type())));
            if (column.isEmpty() || !condition.operator().asksForNull() && (!compares || ordering.isEmpty())) {
                return Optional.empty();
            }
            Ordering used = ordering.orElse(Ordering.TEXT);
            List<OrderedValue> values = condition.values().stream().map(value -> OrderedValue.of(used, value)).toList();
            tests.add(new Test(logged.columns().indexOf(column.get()), condition.operator(), column.get().type(), used, values));
        }
        return Optional.of(new RowSieve(logged, tests));
    }

    /// Decides what becomes of the rest of a row message behind its relation, whose tuples have the shape's columns.
    public Outcome apply(ChangeKind kind, byte[] message, int start, int end) {
        boolean hasOld = kind != ChangeKind.INSERT && message[start] != 'N';
        boolean isWhole = hasOld && message[start] == 'O';
        int behindOld = hasOld ? oldRow.readLogged(message, start + 1) : start;
        if (kind != ChangeKind.DELETE) {
            newRow.readLogged(message, behindOld + 1);
        }
        return switch (kind) {
            case INSERT -> passes(newRow, newRow) == Verdict.PASSES ? pass(kind, message, start, end) : Outcome.NOTHING;
            case DELETE -> !isWhole || passes(oldRow, oldRow) == Verdict.PASSES ? pass(kind, message, start, end) : Outcome.NOTHING;
            case UPDATE -> isWhole ? updateOfWhole(message, start, behindOld, end) : updateOfKey(hasOld, message, start, behindOld, end);
            case TRUNCATE -> throw new IllegalArgumentException("Invalid change: TRUNCATE (must be of a row)");
        };
    }

    private Outcome updateOfWhole(byte[] message, int start, int behindOld, int end) {
        boolean was = passes(oldRow, oldRow) == Verdict.PASSES;
        boolean is = passes(newRow, oldRow) == Verdict.PASSES;
        if (was) {
            return is ? pass(ChangeKind.UPDATE, message, start, end) : pass(ChangeKind.DELETE, message, start, behindOld);
        }
        return is ? insert() : Outcome.NOTHING;
    }

    private Outcome updateOfKey(boolean hasOld, byte[] message, int start, int behindOld, int end) {
        return switch (passes(newRow, newRow)) {
            case PASSES -> pass(ChangeKind.UPDATE, message, start, end);
            case FAILS -> hasOld ? pass(ChangeKind.DELETE, message, start, behindOld) : delete();
            case UNKNOWN -> Outcome.UNDECIDED;
        };
    }

    /// Whether a row passes; what it leaves out has the value that it has in another one, if it has one there.
    private Verdict passes(Tuple row, Tuple otherwise) {
        boolean unknown = false;
        for (Test test : tests) {
            Tuple known = row.kind(test.field()) == Tuple.UNCHANGED ? otherwise : row;
            if (known.kind(test.field()) == Tuple.UNCHANGED) {
                unknown = true;
            } else if (!test.isTrue(known)) {
                return Verdict.FAILS;
            }
        }
        return unknown ? Verdict.UNKNOWN : Verdict.PASSES;
    }

    private Outcome pass(ChangeKind kind, byte[] message, int start, int end) {
        change = kind;
        buffer = message;
        from = start;
        to = end;
        return Outcome.CHANGE;
    }

    /// The delete of the row that has the new row's key.
    private Outcome delete() {
        begin('K');
        for (int field = 0; field < newRow.count(); field++) {
            if (shape.keyPlaces().contains(field)) {
                put(newRow, field);
            } else {
                put(Tuple.NULL);
            }
        }
        return pass(ChangeKind.DELETE, made, 0, length);
    }

    /// The insert of the new row, with the old row's values where it leaves them out.
    private Outcome insert() {
        begin('N');
        for (int field = 0; field < newRow.count(); field++) {
            put(newRow.kind(field) == Tuple.UNCHANGED ? oldRow : newRow, field);
        }
        return pass(ChangeKind.INSERT, made, 0, length);
    }

    private void begin(char letter) {
        length = 0;
        put((byte) letter);
        put((byte) (newRow.count() >>> 8));
        put((byte) newRow.count());
    }

    private void put(Tuple row, int field) {
        byte kind = row.kind(field);
        put(kind);
        if (kind == Tuple.TEXT || kind == Tuple.BINARY) {
            int size = row.length(field);
            for (int shift = 24; shift >= 0; shift -= 8) {
                put((byte) (size >>> shift));
            }
            ensure(size);
            System.arraycopy(row.bytes(), row.offset(field), made, length, size);
            length += size;
        }
    }

    private void put(byte one) {
        ensure(1);
        made[length++] = one;
    }

    private void ensure(int room) {
        if (length + room > made.length) {
            made = Arrays.copyOf(made, Math.max(length + room, made.length * 2));
        }
    }

    /// What the change is now.
    public ChangeKind change() {
        return change;
    }

    /// Holds the change until the next one is decided.
    public byte[] buffer() {
        return buffer;
    }

    /// Where the change begins.
    public int from() {
        return from;
    }

    /// The offset behind it.
    public int to() {
        return to;
    }
}
