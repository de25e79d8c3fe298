package dev.millrace.worker.holder;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.shape.TableName;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where questions about the copy of one connection are answered.
///
/// Every method may be called from any thread, several at a time, and throws [dev.millrace.core.fault.Fault] for what a person can mend.
/// A sync that goes on meanwhile is not held up, except by what is said at [#verify].
public interface CopyDesk extends AutoCloseable {

    /// Runs one SQL statement that reads, on a session of its own, and hands its rows over as they come.
    ///
    /// @param stop ends the statement when it is given
    void query(String sql, RowSink rows, StopSignal stop);

    /// Where everything stands.
    StatusReport status();

    /// Asks for a new copy of tables: begun at once if a run goes on, by the next run otherwise.
    ///
    /// @param tables which; empty for all
    ResyncReport resync(List<TableName> tables);

    /// Compares tables with the source as of one moment. The sync stands still at that moment while checksums are taken.
    ///
    /// @param tables which; empty for all
    /// @param findings hears of each table as it is compared
    void verify(List<TableName> tables, Consumer<TableFinding> findings, StopSignal stop);

    @Override
    void close();
}
