package dev.millrace.source.frozen;

import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.source.session.Sessions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/// A session whose open transaction has a snapshot and does nothing. It holds no lock on any relation.
///
/// While it stands, PostgreSQL marks no page of the database all-visible that holds a row which the snapshot does not see. Belongs to
/// one thread.
final class HeldSnapshot implements AutoCloseable {

    private final Connection session;
    private final VisibilityMap map;
    private final TransactionSnapshot snapshot;
    private final int pid;
    private final String startedAt;

    private HeldSnapshot(Connection session, VisibilityMap map, TransactionSnapshot snapshot, int pid, String startedAt) {
        this.session = session;
        this.map = map;
        this.snapshot = snapshot;
        this.pid = pid;
        this.startedAt = startedAt;
    }

    /// What came of trying to hold a snapshot.
    sealed interface Attempt {
        record Holding(HeldSnapshot held) implements Attempt {}

        record Off(String why) implements Attempt {}
    }

    /// Takes a snapshot in a session of its own; does not, if it would be of no use here.
    static Attempt take(Sessions sessions) throws SQLException {
        Connection session = sessions.open();
        boolean held = false;
        try {
            Usability usability = Usability.of(session);
            Optional<VisibilityMap> map = usability.map();
            if (map.isEmpty()) {
                return new Attempt.Off(usability.whyOff().map(FrozenPages.Off::text).orElse(""));
            }
            try (Statement statement = session.createStatement()) {
                if (usability.hasTransactionTimeout()) {
                    statement.execute("SET transaction_timeout = 0");
                }
                statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                try (ResultSet row = statement.executeQuery(FrozenSql.HOLDER)) {
                    row.next();
                    TransactionSnapshot snapshot = TransactionSnapshot.parse(row.getString(1));
                    HeldSnapshot taken = new HeldSnapshot(session, map.get(), snapshot, row.getInt(2), row.getString(3));
                    held = true;
                    return new Attempt.Holding(taken);
                }
            }
        } finally {
            if (!held) {
                session.close();
            }
        }
    }

    VisibilityMap map() {
        return map;
    }

    TransactionSnapshot snapshot() {
        return snapshot;
    }

    /// Whether the transaction is still the one that took the snapshot, so that it has been held until now.
    boolean stands() {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(FrozenSql.SNAPSHOT)) {
            return row.next() && TransactionSnapshot.parse(row.getString(1)).equals(snapshot);
        } catch (SQLException _) {
            return false;
        }
    }

    /// Has the server end the session when it has not been asked for anything for so long, should this process be unable to.
    boolean endsWhenForgotten(Duration limit) {
        try (Statement statement = session.createStatement()) {
            statement.execute("SET idle_in_transaction_session_timeout = " + limit.toMillis());
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    /// Whether somebody waits for the transaction's end; also if that cannot be found out, since then it has ended.
    boolean isWaitedFor() {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(FrozenSql.WAITED_FOR)) {
            return !row.next() || row.getBoolean(1);
        } catch (SQLException _) {
            return true;
        }
    }

    /// Whether another session is one of the same server and database: it sees this one there.
    boolean isSeenBy(Connection other) throws SQLException {
        try (PreparedStatement statement = other.prepareStatement(FrozenSql.SEES)) {
            statement.setInt(1, pid);
            statement.setString(2, startedAt);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /// Lets go.
    @Override
    public void close() {
        try {
            session.close();
        } catch (SQLException _) {
            // It was ended by the other side, and so was the transaction.
        }
    }
}
