package dev.millrace.core.destination;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/// A copy opened for reading, beside a run that writes it or without one. Belongs to one thread; what it has opened is closed with it.
///
/// Everything it gives is committed. Two calls may see different moments.
public interface CopyReader extends AutoCloseable {

    /// What the destination remembers of the connection; empty if nothing was ever copied.
    Memory recall();

    /// The columns that the connection turned into text for values that did not fit.
    List<WidenedColumn> widened();

    /// The rows of a published table that the source has.
    ///
    /// @param patience how long counting may take
    /// @return empty if it takes longer, or cannot be done
    OptionalLong liveRows(TableMemory table, Duration patience);

    /// Runs one SQL statement that reads, and hands its rows over as they come. The reader is of no further use for other statements.
    ///
    /// @param stop ends the statement when it is given
    /// @throws dev.millrace.core.fault.Fault with the database's own words if it refuses the statement, which are about the person's own text
    void query(String sql, RowSink rows, StopSignal stop);

    @Override
    void close();
}
