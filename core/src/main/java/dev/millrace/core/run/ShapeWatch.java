package dev.millrace.core.run;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Evolution;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The shape that each table has at the destination, and what is known to become of it. Belongs to the owner.
///
/// The catalogue may be ahead of the log: what it shows counts once the log has passed the point at which it was read.
final class ShapeWatch {

    private final Map<TableName, Shape> shapes = new HashMap<>();
    private final Map<TableName, Shape> logged = new HashMap<>();
    private final Map<TableName, Due> due = new HashMap<>();
    private final Map<TableName, Position> gone = new HashMap<>();
    private boolean unsettled;

    /// A shape that a table takes on once the log has passed the point at which the catalogue showed it, unless rows bring it before.
    private record Due(Shape shape, Position from) {}

    /// The shape of a table, if it has one yet.
    Optional<Shape> of(TableName table) {
        return Optional.ofNullable(shapes.get(table));
    }

    /// A table has this shape, whatever it had before.
    void set(Shape shape) {
        shapes.put(shape.table(), shape);
        due.remove(shape.table());
    }

    /// A table's shape does not matter any more, since it is copied anew.
    void unset(TableName table) {
        shapes.remove(table);
    }

    /// A table takes on another shape, of which this one may not tell all.
    void takeOn(Shape shape) {
        shapes.put(shape.table(), shape.recognize(shapes.getOrDefault(shape.table(), shape)));
    }

    /// Nothing is known of a table any more.
    void forget(TableName table) {
        shapes.remove(table);
        logged.remove(table);
        due.remove(table);
        gone.remove(table);
    }

    /// Whether the log brings a table in another shape than before.
    boolean isNews(Shape shape) {
        return shapes.containsKey(shape.table()) && !shape.equals(logged.put(shape.table(), shape));
    }

    /// The catalogue was read, and offers these tables, of those that are remembered too; now every table is compared.
    void offered(Set<TableName> offered, Set<TableName> remembered, Position asOf) {
        for (TableName table : remembered) {
            if (!offered.contains(table)) {
                gone.putIfAbsent(table, asOf);
            }
        }
        gone.keySet().removeAll(offered);
        unsettled = false;
    }

    /// The catalogue shows a table in this shape.
    void showed(Shape shape, Position asOf) {
        Shape current = shapes.get(shape.table());
        if (current != null && Evolution.obstacle(current, shape).isEmpty() && !shape.recognize(current).equals(current)) {
            due.put(shape.table(), new Due(shape, asOf));
        }
    }

    /// A table cannot be compared with the catalogue, since it is being copied; it has to be later.
    void couldNotCompare(TableName table) {
        unsettled |= shapes.containsKey(table);
    }

    /// What the catalogue showed of a table is out of date; it has to be compared again.
    void postpone(TableName table) {
        unsettled |= due.remove(table) != null;
    }

    /// Postpones all tables of which this is not so.
    void postponeUnless(Predicate<TableName> ready) {
        List.copyOf(due.keySet()).stream().filter(ready.negate()).forEach(this::postpone);
    }

    /// The shapes to be taken on, now that the log has come to a position. Each is given once.
    List<Shape> takeDue(Position position) {
        List<Shape> shapesDue = new ArrayList<>();
        due.values().removeIf(each -> !position.isBefore(each.from()) && shapesDue.add(each.shape()));
        return shapesDue;
    }

    /// The tables to be forgotten, now that the log has come to a position.
    List<TableName> gone(Position position) {
        return gone.entrySet().stream().filter(each -> !position.isBefore(each.getValue())).map(Map.Entry::getKey).toList();
    }

    /// Up to where the log has to be followed before nothing is due.
    Optional<Position> awaited() {
        return Stream.concat(gone.values().stream(), due.values().stream().map(Due::from)).reduce(Position::later);
    }

    /// Whether a table has to be compared with the catalogue again.
    boolean isUnsettled() {
        return unsettled;
    }

    /// Refuses a shape in which a column that is hashed here goes by another name and is not: its values would come in clear.
    void checkStillHashed(Shape now) {
        Shape known = shapes.get(now.table());
        if (known == null) {
            return;
        }
        for (Column column : now.columns()) {
            Optional<Column> was = Evolution.earlier(known, column);
            if (was.isPresent() && was.get().isHashed() && !column.isHashed() && !was.get().name().equals(column.name())) {
                throw new Fault(
                        FaultKind.SETTINGS_INVALID,
                        now.table().toString(),
                        "Column %s of %s, which is hashed, was renamed to %s at the source, and the settings do not have that one hashed; nothing more is copied."
                                .formatted(was.get().name(), now.table(), column.name()),
                        "Write `hashed: true` under column `%s` in the settings. If its values shall be copied in clear, run `millrace resync` for the table instead."
                                .formatted(column.name()));
            }
        }
    }
}
