package dev.millrace.source.frozen;

import dev.millrace.postgres.session.Sessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/// The sessions in which snapshots are held. One that was let go is kept for the next snapshot: opening a session and finding out what its
/// server can do costs more than a look at a small table. Belongs to one thread.
final class Holders implements AutoCloseable {

    private final Sessions sessions;
    private @Nullable Holder spare;

    Holders(Sessions sessions) {
        this.sessions = sessions;
    }

    /// A session without a transaction, and what it can be used for. Whoever takes it gives it back or closes the session.
    record Holder(Connection session, Usability usability) {}

    /// The one that is kept, if it is still good for anything, or a new one.
    Holder take() throws SQLException {
        Holder kept = spare;
        spare = null;
        if (kept != null && isIdle(kept)) {
            return kept;
        }
        Connection session = sessions.open();
        try {
            Usability usability = Usability.of(session);
            if (usability.hasTransactionTimeout()) {
                try (Statement statement = session.createStatement()) {
                    statement.execute("SET transaction_timeout = 0");
                }
            }
            return new Holder(session, usability);
        } catch (SQLException | RuntimeException e) {
            end(session);
            throw e;
        }
    }

    /// Ends its transaction, and with it what was set in there.
    void giveBack(Holder holder) {
        if (spare == null && isIdle(holder)) {
            spare = holder;
        } else {
            end(holder.session());
        }
    }

    /// Whether the session is there, with no transaction any more.
    private static boolean isIdle(Holder holder) {
        try (Statement statement = holder.session().createStatement()) {
            statement.execute("ROLLBACK");
            return true;
        } catch (SQLException _) {
            end(holder.session());
            return false;
        }
    }

    private static void end(Connection session) {
        try {
            session.close();
        } catch (SQLException _) {
            // It was ended by the other side, and so was the transaction.
        }
    }

    @Override
    public void close() {
        if (spare != null) {
            end(spare.session());
            spare = null;
        }
    }
}
