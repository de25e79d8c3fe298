package dev.millrace.core.source;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import java.time.Instant;

/// A session in which ranges of a table are read under one snapshot. Belongs to one copying thread.
public interface CopySession extends AutoCloseable {

    /// A snapshot that sessions share.
    ///
    /// @param id PostgreSQL's name for it, for [#join]
    /// @param snapshot which transactions it sees
    /// @param readAt a position, read after it was taken: once a destination has passed it, it holds whatever the snapshot saw
    /// @param takenAt the source's clock, read after it was taken
    record Shared(String id, TransactionSnapshot snapshot, Position readAt, Instant takenAt) {}

    /// Begins a transaction, takes a snapshot and exports it. It can be joined until [#end] or [#close].
    Shared begin();

    /// Begins a transaction on a snapshot that another session has exported; false if that session has ended its transaction.
    boolean join(Shared shared);

    /// Whether the table is still as the plan has it: same storage, same columns, same key, same partitions. Inside the transaction, until
    /// whose end the table stays as it is.
    boolean holds(CopyPlan plan);

    /// Starts to read one range, inside the transaction. The rows must be read to their end, or the session closed.
    CopyRows read(CopyPlan plan, CopyRange range);

    /// Ends the transaction.
    void end();

    @Override
    void close();
}
