package dev.millrace.destination.postgres;

import dev.millrace.core.change.Transaction;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.value.MalformedValue;
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.destination.postgres.wire.ColumnWriter;
import dev.millrace.destination.postgres.wire.CopyStream;
import dev.millrace.destination.postgres.wire.OwnColumn;
import dev.millrace.destination.postgres.wire.RowBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Sends the rows of one range to the table in which a copy is made.
///
/// Where every column has the source's own type, the bytes of a row go through as they came, with our own columns behind them.
///
/// The rows come once and cannot be asked for again. So a value that the destination cannot hold does not stop the load: its text is kept
/// beside the row, and the column is widened when the copy is published.
final class CopyLoad {

    private final TargetSession session;
    private final SystemColumns system;
    private final Shape shape;
    private final TargetTable shadow;
    private final List<ColumnWriter> writers = new ArrayList<>();
    private final byte[] kinds;
    private final boolean keepsUnfit;
    private final SortedSet<String> unfit = new TreeSet<>();

    CopyLoad(TargetSession session, SystemColumns system, TargetTypes types, Shape shape, TargetTable shadow) {
        this.session = session;
        this.system = system;
        this.shape = shape;
        this.shadow = shadow;
        this.kinds = new byte[shape.columns().size()];
        for (int place = 0; place < kinds.length; place++) {
            Column column = shape.columns().get(place);
            writers.add(ColumnWriter.of(column.type(), shadow.typeOf(column), types));
            kinds[place] = ColumnWriter.kindOfCopied(column.type());
        }
        this.keepsUnfit = shadow.type(system.unfit()).isPresent();
    }

    /// Whether some column of a shape may meet values that the destination cannot hold.
    static boolean mayBeUnfit(Shape shape, TargetTypes types) {
        return shape.columns().stream().anyMatch(column -> types.mayBeUnfit(column.type()));
    }

    /// Sends the rows; returns how many there were.
    long run(CopyRows rows, Instant takenAt, Instant now) {
        List<OwnColumn> own = own();
        List<Long> values = values(own, micros(takenAt), micros(now));
        List<String> names = new ArrayList<>();
        shape.columns().forEach(column -> names.add(shadow.quoted(column)));
        own.forEach(column -> names.add(TableName.quote(column.name())));
        boolean passes = writers.stream().allMatch(ColumnWriter::passesCopied);
        boolean binary = passes || isBinary();
        if (keepsUnfit) {
            names.add(system.quotedUnfit());
        }
        return session.copy(shape.table(), shadow.sql() + " (" + String.join(", ", names) + ")", binary, out -> {
            if (passes && !keepsUnfit) {
                pass(rows, own, values, out);
            } else {
                write(rows, own, values, out);
            }
        });
    }

    private boolean isBinary() {
        for (int place = 0; place < kinds.length; place++) {
            if (!writers.get(place).isBinary(kinds[place])) {
                return false;
            }
        }
        return true;
    }

    private static long micros(Instant time) {
        return Transaction.micros(time);
    }

    /// Our own columns, each with the same value in every row of a range.
    private List<OwnColumn> own() {
        List<OwnColumn> own = new ArrayList<>();
        own.add(new OwnColumn(system.synced(), OwnColumn.Type.MOMENT));
        switch (mode()) {
            case SOFT_DELETE -> own.add(new OwnColumn(system.deleted(), OwnColumn.Type.FLAG));
            case LIVE -> {}
            case HISTORY -> {
                own.add(new OwnColumn(system.start(), OwnColumn.Type.MOMENT));
                own.add(new OwnColumn(system.end(), OwnColumn.Type.MOMENT));
                own.add(new OwnColumn(system.active(), OwnColumn.Type.FLAG));
            }
        }
        return own;
    }

    private SyncMode mode() {
        return system.modeOf(shadow.columns().keySet());
    }

    private List<Long> values(List<OwnColumn> own, long takenAt, long now) {
        return own.stream()
                .map(column -> column.name().equals(system.synced())
                        ? now
                        : column.name().equals(system.start())
                                ? takenAt
                                : column.name().equals(system.end()) ? micros(Destination.OPEN_END) : column.name().equals(system.active()) ? 1L : 0L)
                .toList();
    }

    private void pass(CopyRows rows, List<OwnColumn> own, List<Long> values, CopyStream out) throws SQLException {
        RowBuffer further = new RowBuffer(64);
        for (int i = 0; i < own.size(); i++) {
            own.get(i).type().writeField(values.get(i), further);
        }
        byte[] constants = Arrays.copyOf(further.bytes(), further.length());
        int fields = kinds.length + own.size();
        for (byte[] row = rows.next(); row != null; row = rows.next()) {
            out.addRow(row, fields, constants);
        }
    }

    private void write(CopyRows rows, List<OwnColumn> own, List<Long> values, CopyStream out) throws SQLException {
        Tuple tuple = new Tuple();
        for (byte[] row = rows.next(); row != null; row = rows.next()) {
            tuple.readCopied(row, 0);
            out.beginRow(kinds.length + own.size() + (keepsUnfit ? 1 : 0));
            StringBuilder marks = new StringBuilder();
            for (int place = 0; place < kinds.length; place++) {
                if (tuple.kind(place) == Tuple.NULL) {
                    out.addNull();
                } else {
                    write(tuple, place, marks, out);
                }
            }
            for (int i = 0; i < own.size(); i++) {
                out.add(own.get(i).type(), values.get(i));
            }
            if (keepsUnfit && marks.isEmpty()) {
                out.addNull();
            } else if (keepsUnfit) {
                out.add(marks.toString().getBytes(StandardCharsets.US_ASCII));
            }
            out.endRow();
        }
    }

    private void write(Tuple tuple, int place, StringBuilder marks, CopyStream out) {
        ColumnWriter writer = writers.get(place);
        Column column = shape.columns().get(place);
        byte kind = kinds[place];
        try {
            if (writer.fits(kind, tuple.bytes(), tuple.offset(place), tuple.length(place))) {
                out.add(writer, kind, tuple.bytes(), tuple.offset(place), tuple.length(place));
            } else if (shape.isKeyed() && shape.isTold(column.name())) {
                throw RowKey.unfit(shape, column);
            } else {
                String text = new String(writer.text(kind, tuple.bytes(), tuple.offset(place), tuple.length(place)), StandardCharsets.US_ASCII);
                marks.append(mark(place, text.startsWith("-")));
                unfit.add(column.name());
                out.addNull();
            }
        } catch (MalformedValue | IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            throw MalformedValue.fault(shape.table(), column.name(), e);
        }
    }

    /// What is kept of a value that the destination cannot hold, all of which are infinite: the column's place, and which of the two.
    static String mark(int place, boolean negative) {
        return ";" + place + (negative ? "-" : "+");
    }

    /// The columns in which values were met that the destination cannot hold.
    List<String> unfitColumns() {
        return List.copyOf(unfit);
    }
}
