package dev.millrace.core.source;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.TableName;
import java.util.Optional;

/// A PostgreSQL database that is copied.
///
/// Reads only; nothing is written to the source but what the slot needs. Every method may be called from any thread, and throws
/// [dev.millrace.core.fault.Fault] for whatever a person can mend.
public interface Source extends AutoCloseable {

    /// Which cluster and database this is.
    SourceIdentity identity();

    /// The tables of the publication as they are now: those that can be followed with their shapes, the others with the reason.
    Catalog catalog();

    /// A text that changes whenever [#catalog] may: cheap enough to be asked for every few seconds.
    String catalogStamp();

    /// A position that lies behind everything that has committed by now: a destination that has passed it holds all of that.
    Position end();

    /// From where changes can still be had. Says too of which kind this source's positions are.
    Position start();

    /// Whether changes behind a position that a destination holds can be had from this source as it is followed now: not if the position
    /// is of another kind.
    boolean continues(Position held);

    /// Whether a row that ends (by a delete, a truncate, a key that changes) shows in the changes. Where it does not, whatever brings a
    /// table new files is taken for a truncate.
    default boolean tellsOfEnds() {
        return true;
    }

    /// Opens a session for copying, with a transaction of its own.
    CopySession openCopySession();

    /// Opens the changes behind a position. One feed at a time.
    ChangeFeed openFeed(Position from);

    /// Plans how a table is read. Takes no snapshot: the ranges cover whatever the table holds when they are read.
    CopyPlan plan(Catalog.Followed table);

    /// Whether a table is still as the plan has it: if not, its copy begins anew.
    boolean stillHolds(CopyPlan plan);

    /// The shape of one table as it is now; empty if it cannot be followed (any more).
    Optional<Catalog.Followed> find(TableName table);

    @Override
    void close();
}
