package dev.millrace.source.wal;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The session in which the reading thread waits for the server, so that another thread can end the waiting. Safe for several threads.
final class SessionInUse {

    private static final Logger LOG = LoggerFactory.getLogger(SessionInUse.class);

    private @Nullable Connection session;
    private boolean inStatement;

    /// The reading thread uses this session from here on; null for none.
    synchronized void is(@Nullable Connection used) {
        session = used;
        inStatement = false;
    }

    /// The reading thread is within a statement that may take long and can be given up without loss, or it no longer is.
    synchronized void inStatement(boolean within) {
        inStatement = within;
    }

    /// Has the server give up a statement that may be given up.
    synchronized void cancel() {
        Connection used = session;
        if (used != null && inStatement) {
            try {
                used.unwrap(PGConnection.class).cancelQuery();
            } catch (SQLException e) {
                LOG.debug("cancel=failed sqlstate={}", e.getSQLState());
            }
        }
    }

    /// Breaks the session, whatever it is doing.
    synchronized void abort() {
        Connection used = session;
        if (used != null) {
            try {
                used.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("abort=failed sqlstate={}", e.getSQLState());
            }
        }
    }
}
