package dev.millrace.destination.postgres;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.fold.FoldedRow;
import dev.millrace.core.merge.UnfitValues;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.destination.postgres.wire.ColumnWriter;
import dev.millrace.destination.postgres.wire.CopyStream;
import dev.millrace.destination.postgres.wire.OwnColumn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Rows of a fold on their way into a temporary table, whose columns are `c0`, `c1` and so on for those of the shape, then, where some rows
/// are not whole, what is to be known for completing them from the target's row of another key or their own, then our own.
final class StagedRows {

    /// Whether some fields of the row are not known here.
    static final String PARTIAL = "partial";

    /// Whether those fields lie at the target under another key than the row's.
    static final String MOVED = "moved";

    private static final int MASK_BITS = 62;

    private final TargetTable target;
    private final Shape shape;
    private final List<ColumnWriter> writers = new ArrayList<>();
    private final List<TargetType> types = new ArrayList<>();

    /// Stages rows for a table.
    StagedRows(TargetTable target, Shape shape, TargetTypes known) {
        this.target = target;
        this.shape = shape;
        for (Column column : shape.columns()) {
            TargetType type = target.typeOf(column);
            types.add(type);
            writers.add(ColumnWriter.of(column.type(), type, known));
        }
    }

    /// Reads rows by number, as often as is asked.
    interface Rows {

        /// How many there are.
        int count();

        /// Reads one.
        ///
        /// @param own gets the values of our own columns
        void read(int number, FoldedRow into, long[] own);
    }

    /// What was staged.
    ///
    /// @param table the temporary table
    /// @param hasPartial whether there are rows that are not whole, and so the columns for completing them
    /// @param hasMoved whether some of them are to be completed by another key
    record Staged(String table, boolean hasPartial, boolean hasMoved) {}

    /// Sends all rows.
    ///
    /// @throws UnfitValues if there are some that the target's columns cannot hold; nothing is sent then
    Staged stage(TargetSession session, Stages stages, Rows rows, List<OwnColumn> own) {
        Look look = look(rows, own.size());
        List<TargetType> columns = new ArrayList<>(types);
        List<OwnColumn> further = new ArrayList<>();
        if (look.hasPartial) {
            if (look.hasMoved) {
                shape.keyPlaces().forEach(place -> columns.add(types.get(place)));
            }
            further.add(new OwnColumn(PARTIAL, OwnColumn.Type.FLAG));
            further.add(new OwnColumn(MOVED, OwnColumn.Type.FLAG));
            for (int mask = 0; mask < masks(); mask++) {
                further.add(new OwnColumn("mask" + mask, OwnColumn.Type.NUMBER));
            }
        }
        further.addAll(own);
        String table = stages.empty(columns, further);
        session.copy(shape.table(), table, look.isBinary, out -> {
            FoldedRow row = new FoldedRow(shape.columns().size());
            long[] values = new long[own.size()];
            for (int number = 0; number < rows.count(); number++) {
                rows.read(number, row, values);
                out.beginRow(columns.size() + further.size());
                write(row, look, out);
                for (int i = 0; i < values.length; i++) {
                    out.add(own.get(i).type(), values[i]);
                }
                out.endRow();
            }
        });
        return new Staged(table, look.hasPartial, look.hasMoved);
    }

    /// What is to be known of rows before they are sent.
    private static final class Look {
        private boolean isBinary = true;
        private boolean hasPartial;
        private boolean hasMoved;
    }

    private Look look(Rows rows, int own) {
        Look look = new Look();
        FoldedRow row = new FoldedRow(shape.columns().size());
        long[] values = new long[own];
        SortedMap<String, Long> unfit = new TreeMap<>();
        for (int number = 0; number < rows.count(); number++) {
            rows.read(number, row, values);
            for (int place = 0; place < writers.size(); place++) {
                byte kind = row.kind(place);
                if (kind == Tuple.TEXT || kind == Tuple.BINARY) {
                    ColumnWriter writer = writers.get(place);
                    look.isBinary &= writer.isBinary(kind);
                    if (writer.mayBeUnfit() && !writer.fits(kind, row.bytes(place), row.offset(place), row.length(place))) {
                        Column column = shape.columns().get(place);
                        if (shape.isKeyed() && shape.isTold(column.name())) {
                            throw RowKey.unfit(shape, column);
                        }
                        unfit.merge(column.name(), 1L, Long::sum);
                    }
                }
            }
            if (!row.isWhole()) {
                look.hasPartial = true;
                look.hasMoved |= isMoved(row);
            }
        }
        if (!unfit.isEmpty()) {
            throw new UnfitValues(shape.table(), unfit);
        }
        return look;
    }

    /// Whether the base key is another one, or the same in another form.
    private boolean isMoved(FoldedRow row) {
        Tuple base = row.baseKey();
        for (int place : shape.keyPlaces()) {
            boolean same = base.kind(place) == row.kind(place)
                    && Arrays.equals(
                            base.bytes(),
                            base.offset(place),
                            base.offset(place) + base.length(place),
                            row.bytes(place),
                            row.offset(place),
                            row.offset(place) + row.length(place));
            if (!same) {
                return true;
            }
        }
        return false;
    }

    private int masks() {
        return (shape.columns().size() + MASK_BITS - 1) / MASK_BITS;
    }

    private void write(FoldedRow row, Look look, CopyStream out) throws SQLException {
        for (int place = 0; place < writers.size(); place++) {
            write(place, row.kind(place), row.bytes(place), row.offset(place), row.length(place), out);
        }
        if (!look.hasPartial) {
            return;
        }
        boolean moved = !row.isWhole() && isMoved(row);
        if (look.hasMoved) {
            Tuple base = row.baseKey();
            for (int place : shape.keyPlaces()) {
                if (!row.isWhole()) {
                    write(place, base.kind(place), base.bytes(), base.offset(place), base.length(place), out);
                } else {
                    out.addNull();
                }
            }
        }
        out.add(OwnColumn.Type.FLAG, row.isWhole() ? 0 : 1);
        out.add(OwnColumn.Type.FLAG, moved ? 1 : 0);
        for (int mask = 0; mask < masks(); mask++) {
            long bits = 0;
            for (int bit = 0; bit < MASK_BITS && mask * MASK_BITS + bit < writers.size(); bit++) {
                bits |= row.kind(mask * MASK_BITS + bit) == Tuple.UNCHANGED ? 1L << bit : 0;
            }
            out.add(OwnColumn.Type.NUMBER, bits);
        }
    }

    private void write(int place, byte kind, byte[] bytes, int offset, int length, CopyStream out) {
        if (kind == Tuple.NULL || kind == Tuple.UNCHANGED) {
            out.addNull();
            return;
        }
        try {
            out.add(writers.get(place), kind, bytes, offset, length);
        } catch (MalformedValue | IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            throw MalformedValue.fault(shape.table(), shape.columns().get(place).name(), e);
        }
    }

    /// The expression of a column's value in a staged row `s`, which may be that of the target's row `t`.
    ///
    /// @param place of the column in the shape
    static String value(Staged staged, int place, String ofTarget) {
        return staged.hasPartial()
                ? "CASE WHEN s.mask" + place / MASK_BITS + " & " + (1L << place % MASK_BITS) + " <> 0 THEN " + ofTarget + " ELSE s.c" + place + " END"
                : "s.c" + place;
    }

    /// The condition that a row `t` of the table has what a staged row `s` lacks; true of none for a whole one.
    String completes(Staged staged) {
        RowKey key = new RowKey(shape, target);
        if (!staged.hasMoved()) {
            return "s." + PARTIAL + " AND " + key.matches();
        }
        List<String> conditions = new ArrayList<>();
        int base = types.size();
        for (int place : shape.keyPlaces()) {
            conditions.add(key.matches(place, "s.c" + base++));
        }
        return String.join(" AND ", conditions);
    }
}
