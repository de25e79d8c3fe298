package dev.millrace.testkit.contract;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.ChangeCursor;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.Position;
import dev.millrace.testkit.postgres.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The feed that a contract is asked of, and the steps that its tests have in common.
public interface FeedSubject {

    /// Longer than any step of these tests takes.
    Duration LIMIT = Duration.ofSeconds(60);

    /// A change as a test sees it.
    ///
    /// @param xid the transaction
    /// @param text kind and new row, or kind and old row of a delete
    record Seen(long xid, String text) {}

    /// Everything that was read up to a point.
    ///
    /// @param changes in order
    /// @param through the last batch's position
    record Reading(List<Seen> changes, Position through) {

        /// The changes without their transactions.
        public List<String> texts() {
            return changes.stream().map(Seen::text).toList();
        }
    }

    /// The source: it has a table `note (id text PRIMARY KEY, body text)`, which is followed.
    TestDatabase database();

    /// Where changes begin for this subject: before anything that a test does.
    Position start();

    /// A position that lies behind everything that has committed by now.
    Position end();

    /// Opens the feed; again after it was closed.
    ChangeFeed open(Position from);

    /// Reads up to where the log ends now, giving a receipt for each batch or for none.
    default Reading read(ChangeFeed feed, Position from, boolean receipts) {
        Position target = end();
        feed.reach(target);
        List<Seen> changes = new ArrayList<>();
        Position through = from;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (through.isBefore(target)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The feed has not got to " + target + " but to " + feed.reachedNow());
            }
            Optional<Batch> next = feed.next(Duration.ofMillis(100));
            if (next.isPresent()) {
                try (Batch batch = next.get()) {
                    changes.addAll(seen(batch));
                    through = batch.through();
                }
                if (receipts) {
                    feed.acknowledge(new Receipt(through));
                }
            }
        }
        return new Reading(changes, through);
    }

    /// The changes of a batch.
    default List<Seen> seen(Batch batch) {
        List<Seen> changes = new ArrayList<>();
        for (Piece piece : batch.pieces()) {
            for (TableChanges table : piece.changes()) {
                for (ChangeCursor cursor = table.cursor(); cursor.advance(); ) {
                    changes.add(new Seen(cursor.xid(), text(cursor)));
                }
            }
        }
        return changes;
    }

    private static String text(ChangeCursor cursor) {
        return switch (cursor.kind()) {
            case INSERT, UPDATE -> cursor.kind() + " " + text(cursor.newTuple());
            case DELETE -> cursor.kind() + " " + text(cursor.oldTuple());
            case TRUNCATE -> "TRUNCATE";
        };
    }

    private static String text(Tuple row) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < row.count(); i++) {
            fields.add(switch (row.kind(i)) {
                case Tuple.NULL -> "-";
                case Tuple.UNCHANGED -> "unchanged";
                default -> new String(row.bytes(), row.offset(i), row.length(i), StandardCharsets.UTF_8);
            });
        }
        return String.join(" ", fields);
    }
}
