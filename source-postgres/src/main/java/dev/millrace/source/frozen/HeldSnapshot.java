package dev.millrace.source.frozen;

import dev.millrace.core.position.TransactionSnapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A session whose open transaction has a snapshot and does nothing. It holds no lock on any relation.
///
/// While it stands, PostgreSQL marks no page of the database all-visible that holds a row which the snapshot does not see. Belongs to
/// one thread.
final class HeldSnapshot implements AutoCloseable {

    private final Holders holders;
    private final Holders.Holder holder;
    private final Connection session;
    private final VisibilityMap map;
    private final TransactionSnapshot snapshot;
    private final int pid;
    private final String startedAt;

    private HeldSnapshot(
            Holders holders, Holders.Holder holder, VisibilityMap map, TransactionSnapshot snapshot, int pid, String startedAt) {
        this.holders = holders;
        this.holder = holder;
        this.session = holder.session();
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
    ///
    /// @param holders get the session back
    static Attempt take(Holders holders) throws SQLException {
        Holders.Holder holder = holders.take();
        Optional<VisibilityMap> map = holder.usability().map();
        boolean held = false;
        try (Statement statement = holder.session().createStatement()) {
            if (map.isEmpty()) {
                return new Attempt.Off(holder.usability().whyOff().map(FrozenPages.Off::text).orElse(""));
            }
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            try (ResultSet row = statement.executeQuery(FrozenSql.HOLDER)) {
                row.next();
                TransactionSnapshot snapshot = TransactionSnapshot.parse(row.getString(1));
                HeldSnapshot taken = new HeldSnapshot(holders, holder, map.get(), snapshot, row.getInt(2), row.getString(3));
                held = true;
                return new Attempt.Holding(taken);
            }
        } finally {
            if (!held) {
                holder.session().close();
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

    /// Of some, those that are of the same server and database as another session: it sees theirs there.
    static Set<HeldSnapshot> seenBy(Connection other, List<HeldSnapshot> asked) throws SQLException {
        Set<HeldSnapshot> seen = new HashSet<>();
        try (PreparedStatement statement = other.prepareStatement(FrozenSql.SEES)) {
            statement.setString(1, asked.stream().map(held -> Integer.toString(held.pid)).collect(Collectors.joining(",", "{", "}")));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    int pid = row.getInt(1);
                    String startedAt = row.getString(2);
                    asked.stream().filter(held -> held.pid == pid && held.startedAt.equals(startedAt)).forEach(seen::add);
                }
            }
        }
        return seen;
    }

    /// Lets go.
    @Override
    public void close() {
        holders.giveBack(holder);
    }
}
