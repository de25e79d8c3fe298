package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.copied;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.destination.SeenRow;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The destination that a contract is asked of, and the steps that its tests have in common.
public interface DestinationSubject {

    /// Where every script's log begins.
    LogPosition START = new LogPosition(new Lsn(100));

    /// Sees every transaction below 1000, the first of a script that names none.
    TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("1000:1000:");

    /// Opens the destination over this test's storage; again after it was closed, or after a crash. The caller closes it.
    Destination open();

    /// What a reader sees of a table; empty if there is no such table to be seen. The destination is open.
    Optional<List<SeenRow>> rows(TableName table);

    /// Opens a destination that knows its source.
    default Destination adopted() {
        Destination destination = open();
        destination.adopt(new SourceIdentity("7300", "shop"), START);
        return destination;
    }

    /// Copies a table in one range and publishes it.
    default void publish(Destination destination, Shape shape, List<List<@Nullable String>> rows) {
        copy(destination, shape, rows);
        if (!(destination.publish(shape.table()) instanceof Publication.Done)) {
            throw new AssertionError("not published: " + shape.table());
        }
    }

    /// Copies a table in one range, up to where it can be published.
    default void copy(Destination destination, Shape shape, List<List<@Nullable String>> rows) {
        destination.beginCopy(plan(shape, 1), SyncMode.SOFT_DELETE);
        load(destination, shape, 0, copied(shape, rows));
        destination.endCopy(shape.table());
    }

    /// Loads a range under [#SNAPSHOT].
    default long load(Destination destination, Shape shape, int range, CopyRows rows) {
        return destination.load(shape.table(), plan(shape, 9).ranges().get(range), SNAPSHOT, START, ChangeScript.START, rows);
    }

    /// A plan of so many ranges.
    default CopyPlan plan(Shape shape, int ranges) {
        List<CopyRange> all = IntStream.range(0, ranges)
                .mapToObj(number -> new CopyRange(number, shape.table().quoted(), "", 100))
                .toList();
        return new CopyPlan(shape, "16400", all, 1000);
    }

    /// Writes a script as one batch.
    default void write(Destination destination, long through, ChangeScript script) {
        destination.write(script.batch(through));
    }

    /// What a reader sees, a line for each row, sorted.
    default List<String> lines(Shape shape) {
        return rows(shape.table())
                .orElseThrow(() -> new AssertionError("nothing to be seen of " + shape.table()))
                .stream()
                .map(SeenRow::line)
                .sorted()
                .toList();
    }
}
