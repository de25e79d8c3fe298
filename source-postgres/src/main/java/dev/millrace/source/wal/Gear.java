package dev.millrace.source.wal;

import java.sql.SQLException;

/// A way in which log messages get here.
sealed interface Gear permits StreamingGear, BulkGear {

    /// Reads until the other gear is the better one.
    ///
    /// @throws ReadingStopped once the feed is being closed
    /// @throws BinaryUnfit if the log has to be read again as text
    void run() throws SQLException;
}
