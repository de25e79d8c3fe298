package dev.millrace.core.feed;

import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/// A request to end a batch between the last transaction that a snapshot saw and the first that it did not see.
///
/// Commit order in the log and the order in which transactions become visible can differ by those that were just committing. So there
/// may be no such point: `stands` then completes with [Outcome.Crossed], and a new snapshot is needed.
///
/// @param id PostgreSQL's name for the snapshot, by which a feed can read under it too while the reader holds it
/// @param snapshot the reader's
/// @param begunAt the source's clock before the snapshot was taken
/// @param upTo a position, read after the snapshot was taken: no transaction behind it is visible
/// @param cut completed by the run when the batch that ends here is committed and before the next one is written; what depends on it
///     runs on the run's owner thread and must be short
/// @param stands completed by the feed once it has read up to `upTo`, which can be before or after the cut
public record Fence(
        String id,
        TransactionSnapshot snapshot,
        Instant begunAt,
        Position upTo,
        CompletableFuture<Position> cut,
        CompletableFuture<Outcome> stands) {

    /// A fence that is not yet reached.
    public static Fence at(String id, TransactionSnapshot snapshot, Instant begunAt, Position upTo) {
        return new Fence(id, snapshot, begunAt, upTo, new CompletableFuture<>(), new CompletableFuture<>());
    }

    /// What became of a fence.
    public sealed interface Outcome {

        /// Everything before the cut is visible in the snapshot, and nothing behind it.
        record Exact(Position position) implements Outcome {}

        /// A visible transaction ends behind one that is not visible.
        record Crossed() implements Outcome {}
    }
}
