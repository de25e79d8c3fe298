package dev.millrace.source.wal;

import dev.millrace.core.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// How much log there is at one moment.
///
/// @param end up to where it has been flushed
/// @param confirmed up to where a slot may be forgotten
/// @param restart from where the server has to decode a slot, whatever is asked for
record LogExtent(Lsn end, Lsn confirmed, Lsn restart) {

    /// How many times a backlog may be decoded in vain before each piece, and how much of the log at least.
    private static final int DECODED_AGAIN_MAX = 8;

    private static final long DECODED_AGAIN_BYTES = 64L << 20;

    /// Looks at the log of a slot.
    static LogExtent of(Connection session, String slot, Lsn reached) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.LOG)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getString(3) == null) {
                    throw WalFaults.slotMissing(slot, reached);
                }
                return new LogExtent(Lsn.parse(row.getString(1)), Lsn.parse(row.getString(2)), Lsn.parse(row.getString(3)));
            }
        }
    }

    /// Whether there is so much to be read that reading in bulk is the better way. It is not where an old transaction holds the place
    /// back from which every piece decodes again.
    boolean isWorthPeeking(Lsn from, long backlogBytes) {
        return end.bytesSince(from) > backlogBytes && from.bytesSince(restart) < Math.max(DECODED_AGAIN_BYTES, DECODED_AGAIN_MAX * backlogBytes);
    }
}
