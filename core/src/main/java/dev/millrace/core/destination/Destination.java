package dev.millrace.core.destination;

import dev.millrace.core.change.Batch;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Where the copy of a database is kept.
///
/// **Who calls.** One run, which alone writes to the destination's tables for one connection. All methods are called by the run's
/// owner thread, one at a time, except [#load], which several copying threads call at the same time as each other and as the owner's
/// calls. A second process that opens the same destination for the same connection is refused at opening.
///
/// **What is durable when.** Whatever a method reports by returning has been committed and survives a crash of this process and of
/// the destination. What it was doing when the process died has either happened whole or not at all. A commit has three outcomes: it
/// returned (committed), it threw [dev.millrace.core.fault.Fault] (refused: nothing of it stays), or the answer was lost (unknown);
/// for an unknown outcome the destination throws [CommitUnknown], and the run asks [#recall] before anything else is written.
///
/// **Exactly once.** A batch is committed in one transaction with its position: all tables together, or nothing. After a crash the
/// run calls [#recall] and continues at the position found there, so a batch that was committed is never written again, and one that
/// was not is written again from the beginning, maybe cut differently. A batch whose position does not lie behind the remembered one
/// is refused as a mistake of ours.
///
/// **What a reader sees.** Every state that a reader of the destination can see is one that the source had: tables appear, and move,
/// only with a commit of a batch or of [#publish]. A table in its first copy, or copied again, is built out of sight.
///
/// **Life of a table.** [#beginCopy] (state COPYING) → [#load] for each range → [#endCopy] (CATCHING_UP) → [#publish] (STREAMING).
/// Changes that [#write] brings for a table that is COPYING or CATCHING_UP are kept durably beside it, in order, in the same
/// transaction as everything else in the batch (they are *pending*); [#publish] folds them in. For a STREAMING table they are merged.
/// For any other table they are dropped, since its copy will hold them. While a published table is copied again its published rows stay
/// as they were. [#forget] ends a table's copying and following; its published
/// rows stay.
///
/// **Merging.** Rows of a keyed table are matched by key, also where the key's columns come as text on one path and in binary on the
/// other. An insert or update of a key that exists replaces the row. Unchanged fields keep the value that the row had, also when the
/// row arrived in the same batch and also when its key moves. An update that changes the key ends the old row and writes the new one. A
/// key that ended and is inserted again is one live row. In a table without a key every row is its own: an update adds the new row and
/// ends one row equal to the old one; a delete ends exactly one of several equal rows. A truncate ends every live row. Every row
/// written gets `_millrace_synced`.
///
/// **Said again.** A feed may say what is so already. An insert of a key that lives, with values that are the row's, is a repetition: in
/// HISTORY mode it closes no version and opens none, in the others the row stays as it is but for `_millrace_synced`. A transaction repeats
/// if all that it did to the key was to insert it; what it is compared with is the row as the changes before it have left it, in the same
/// batch or in any other. Values are the same if what is stored is, in every column of the shape, nulls included: 0 is not -0, and a month
/// not thirty days. A delete of a key that does not live is nothing: no fault, no row, no version, and what a row that had ended holds
/// stays. Both are so for pending changes too. A key that ended and is inserted as it was lives again, in HISTORY mode by another version.
/// An update that changes nothing is an update, and a row that is missing from a table without a key is a fault.
///
/// **Modes.** A table is kept in one [SyncMode]. In SOFT_DELETE mode a row that ends is marked `_millrace_deleted` and keeps its values.
/// In LIVE mode it is deleted, and there is no such column. In HISTORY mode a change does not replace a row but closes its version and
/// opens the next: `_millrace_start` is the commit time of the change, `_millrace_end` of a version that was followed by another is one
/// millisecond before the start of that, of one that ended the time of its end, and of an open one [#OPEN_END]; `_millrace_active` says
/// whether it is open. What a transaction did to one key is one version, since nobody ever saw what lay between; a row that came and
/// went within a transaction leaves none. Commit times need not ascend from transaction to transaction, nor lie a millisecond apart:
/// the versions of a key follow the log's order, and each starts, and each end lies, a millisecond behind what was before it at the
/// least, so they never overlap and never end before they start. Rows of a first copy are versions that begin when its snapshot was
/// taken. A later copy leaves closed versions as they are; an open version that is equal to the copied row goes on, any other is closed.
///
/// **What must not happen.** An update whose unchanged fields have no earlier value anywhere would write nulls that the source never had.
/// During [#publish] (ranges read under several snapshots can miss a row that moved) this makes the outcome
/// [Publication.Incomplete] and nothing is changed; in [#write] it is a fault DESTINATION_ALTERED whose subject is the table. In a table with
/// a row filter a row that ended is no earlier value: it may have changed before it came back.
///
/// **Shapes.** Changes carry their shape. Before the first change of a new shape is merged, columns that it adds are added, with the
/// [value of older rows][dev.millrace.core.shape.Column#initially] in every live row; a column of the same number and another name is
/// renamed; columns that it lacks stay and are null from then on; and a type that changed is widened so that no value that is there or
/// comes is altered. What a shape does not say of its columns' numbers and its origin is
/// [taken over][Shape#recognize] from the shape before. The run has a table copied again wherever that is not enough.
///
/// **Names.** No two tables of a connection, and no two columns of a table, are ever one here, also where the destination cannot tell their
/// names apart. Which name each has is [remembered][TableMemory#names] and given for good: it stays when the table is forgotten, or the
/// column is dropped, and belongs to whoever has that name at the source later.
///
/// **Faults.** Everything that a person can mend is a [dev.millrace.core.fault.Fault]. After one the destination is usable again as
/// if the call had not been made, unless the fault says otherwise. A batch and its buffers belong to the caller again when the call
/// returns, however it returns.
public interface Destination extends AutoCloseable {

    /// The end of a version that is open, in HISTORY mode.
    Instant OPEN_END = Instant.parse("9999-12-31T23:59:59Z");

    /// What the destination holds and promised; read anew from what is durable.
    Memory recall();

    /// What is remembered of one table; empty if nothing is.
    default Optional<TableMemory> recall(TableName table) {
        return Optional.ofNullable(recall().tables().get(table));
    }

    /// The salt of this destination, made when it was and the same ever after: for every connection that writes here, and whatever is copied
    /// anew. Any thread.
    Salt salt();

    /// Records which source the copy is made from, and from where on its changes will come; once, before anything else is written.
    void adopt(SourceIdentity source, Position start);

    /// Goes on from another position than the one that is remembered, of whatever kind, and asks for a new copy of every table, in one
    /// transaction: for a source that is followed in another way from now on. What is published stays as it is until it is copied.
    void restart(Position start);

    /// Gives names to those tables that have none yet, as [#beginCopy] does with one: the names of tables that come together do not
    /// depend on which is copied first.
    default void name(Collection<TableName> tables) {}

    /// Begins the copy of a table, before any of its rows is read: from here on its changes are kept. Or begins it anew: whatever an
    /// earlier copy that did not end has left is dropped, with the changes kept for it. A published table stays as it is until
    /// [#publish] replaces it, also where it is of another mode. Only what it has in columns that are [hashed][dev.millrace.core.shape.Column#isHashed]
    /// now and were not, or the other way round, is removed at once, marked rows and closed versions included; where rows are told apart
    /// by such a column, as all columns do in a table without a key, the published table is.
    void beginCopy(CopyPlan plan, SyncMode mode);

    /// Writes all rows of one range and remembers the range with them, in one transaction.
    ///
    /// A range that is remembered already is not read again. A failure of `rows` leaves nothing of the range.
    ///
    /// @param snapshot what the rows' reader could see
    /// @param readAt a position, read after the snapshot was taken
    /// @param takenAt the source's clock, read after the snapshot was taken: when the versions begin in HISTORY mode
    /// @return the number of rows written
    long load(TableName table, CopyRange range, TransactionSnapshot snapshot, Position readAt, Instant takenAt, CopyRows rows);

    /// Records that every range of the table has been loaded.
    void endCopy(TableName table);

    /// Makes a copied table visible in place of the published one, as of the destination's position, in one transaction: the pending
    /// changes are folded in except those of transactions that every range's snapshot saw, whatever shape those have; and rows of the
    /// published table that are not in the new one are carried over as ended, as the mode has it.
    ///
    /// The run calls this once the position has passed the `readAt` of every range, between two batches.
    ///
    /// @return whether the table is published, or has to be copied anew
    Publication publish(TableName table);

    /// Remembers that a person wants the table copied again; the next run begins its copy, or the present one if it is told so.
    void requestCopy(TableName table);

    /// Makes a STREAMING table fit for a shape in which no row has come yet, between two batches: for what was altered at the source while
    /// its rows stayed as they were.
    void reshape(Shape shape);

    /// Turns the rows of a STREAMING table into those of another mode, in one transaction, without reading them anew.
    ///
    /// No row that lives is lost by any of the six ways, and none is added. To LIVE: rows marked deleted, and versions that are closed,
    /// are deleted. From HISTORY to SOFT_DELETE: the latest version of each key stays, marked deleted if it is closed; without a key
    /// every version stays as a row. To HISTORY: every row becomes a version that begins at the time of the latest transaction in here;
    /// one that is marked deleted becomes a closed one that ended when it began, since nobody knows how long it was so.
    void convert(TableName table, SyncMode mode);

    /// Stops copying and following a table; what is published stays as it is.
    void forget(TableName table);

    /// Writes a batch with its position in one transaction.
    ///
    /// @return the promise that it is durable
    Receipt write(Batch batch);

    /// The columns that were turned into text for values that did not fit, ever since their tables are followed; durable with those
    /// values. Cheap enough to be asked after every batch.
    default List<WidenedColumn> widened() {
        return List.of();
    }

    /// What is not called here as the rules have it, of the tables that are copied and followed. Cheap enough to be asked after every
    /// batch.
    default List<Displaced> displaced() {
        return List.of();
    }

    /// Closes sessions and files. Whatever was not committed is gone.
    @Override
    void close();
}
