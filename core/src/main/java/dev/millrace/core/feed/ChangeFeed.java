package dev.millrace.core.feed;

import dev.millrace.core.change.Batch;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.TableName;
import java.time.Duration;
import java.util.Optional;

/// The changes of a database, in the order in which their transactions committed.
///
/// **Who calls.** The run's owner thread, except [#reachedNow], [#reach], [#hasRead], [#fence]
/// and [#close], which any thread may call. A feed reads ahead on a thread of
/// its own, by at most the limits that it was given, and keeps the source's connection alive on time however long the owner takes.
///
/// **What arrives.** Every committed transaction whose end lies behind the start position, whole, once, in commit order. What was
/// acknowledged does not arrive again, unless PostgreSQL itself crashed and its slot stepped back: then the feed drops it. What was
/// not acknowledged arrives again when a new feed is opened at the same position. Rolled-back transactions and subtransactions leave no
/// trace. Each change carries its transaction's id ([dev.millrace.core.change.ChangeCursor#xid]).
///
/// **Order of promises.** A batch is acknowledged only after the destination's receipt for it. Acknowledging covers everything before
/// it too. A feed may wait with reading on until what it gave has been acknowledged.
///
/// **Faults.** [#next] throws what went wrong on the reading thread as a [dev.millrace.core.fault.Fault]; the feed is of no use then
/// and must be closed.
public interface ChangeFeed extends AutoCloseable {

    /// The next batch, or nothing if none is ready within `patience`.
    ///
    /// A batch without changes moves the position past log that does not concern this connection; it is worth writing now and then, so
    /// that an idle database's log can be released. The caller owns the batch and closes it.
    Optional<Batch> next(Duration patience);

    /// Tells the source that it may forget everything up to the receipt's position. Returns at once; the source learns of it within
    /// the feed's status interval, and [#close] waits for it to be told.
    void acknowledge(Receipt receipt);

    /// Up to where the feed has read: every transaction that ends before it has been or will be given by [#next].
    Position reachedNow();

    /// Asks that a batch be given, an empty one if need be, as soon as everything that ends before `target` has been read; so that a run
    /// which wants to get that far knows when it has.
    void reach(Position target);

    /// Whether this feed has already read to the end of a transaction, whatever became of its changes.
    ///
    /// A transaction whose commit is in the log can still be in progress for a snapshot that is taken afterwards (it waits for a
    /// synchronous standby). Such a snapshot cannot begin the copy of a table. Remembers the latest 100,000 transactions at least.
    ///
    /// @param xid the 64-bit id of a top-level transaction
    boolean hasRead(long xid);

    /// Says that a table's changes are wanted from here on: the table is published, or every range of its copy is loaded. A feed that is told
    /// of changes brings those of every table; one that has to look for them looks at these tables only.
    ///
    /// @param copied the earliest snapshot under which a range of the table was read, if it has just been copied; empty for a table whose
    ///     changes up to the feed's position the destination holds
    /// @return the position behind which the destination holds whatever changed in the table since it was copied, where the feed decides
    ///     that; empty if it is where the ranges were read
    default Optional<Position> follow(TableName table, Optional<TransactionSnapshot> copied) {
        return Optional.empty();
    }

    /// Says that a table's changes are not wanted any more: it is copied again, or forgotten.
    default void unfollow(TableName table) {}

    /// What of a batch is to be written, after its tables have been looked at: of a feed that looks for changes, not those of tables that
    /// are being copied or have been since it looked, since a later look finds what their copies lack. The batch stays the caller's to
    /// close; what is given reads from it.
    default Batch wanted(Batch batch) {
        return batch;
    }

    /// Asks the feed to end a batch exactly where a snapshot of the source stands, so that the destination can be compared with it.
    void fence(Fence fence);

    /// Stops reading, tells the source what was acknowledged, and gives everything back. Batches not yet taken are dropped.
    @Override
    void close();
}
