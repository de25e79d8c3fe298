package dev.millrace.source.wal;

import dev.millrace.core.position.Lsn;
import dev.millrace.source.pgoutput.PluginOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The slot from which a backlog is taken piece by piece, in one session. Belongs to the reading thread.
///
/// Best it is a temporary copy of the connection's slot: it moves on with every piece that is read, so that the server can decode the next
/// while the destination is still writing the last, and the connection's own slot still keeps all that is not durable there. The server
/// drops it with the session. Where it cannot be had, pieces are peeked from the connection's slot, which stands still until it is moved.
///
/// @param name of the slot
/// @param runsAhead whether it moves on by being read
/// @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION">Replication management functions</a>
record BulkSlot(String name, boolean runsAhead) {

    private static final Logger LOG = LoggerFactory.getLogger(BulkSlot.class);

    /// The best that can be had in a session.
    ///
    /// @throws SQLException if the session is broken
    static BulkSlot of(Connection session, String slot) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.COPY_SLOT)) {
            statement.setString(1, slot);
            statement.setString(2, slot);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new BulkSlot(row.getString(1), true);
            }
        } catch (SQLException e) {
            if (session.isClosed()) {
                throw e;
            }
            // Before version 12, without a free slot, or where the user may not make one.
            LOG.info("slot={} reading=in-turns reason=\"no temporary copy of the slot\" sqlstate={}", slot, e.getSQLState());
            return new BulkSlot(slot, false);
        }
    }

    /// The statement that gives the next piece: whole transactions up to a position, until there are so many messages.
    String piece(Lsn end, int messages, PluginOptions options) {
        String function = runsAhead ? "pg_logical_slot_get_binary_changes" : "pg_logical_slot_peek_binary_changes";
        return WalSql.PIECE.formatted(
                function, WalSql.literal(name), WalSql.literal(end.toString()), messages, options.asArguments());
    }
}
