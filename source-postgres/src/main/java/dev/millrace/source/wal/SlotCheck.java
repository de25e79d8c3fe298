package dev.millrace.source.wal;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.position.Lsn;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Finds out, before the log is opened, whether it can be read from where the destination wants it.
final class SlotCheck {

    private static final Duration PATIENCE_FOR_PREDECESSOR = Duration.ofSeconds(5);
    private static final long LOOK_NANOS = 50_000_000;

    /// The first version whose standbys have logical slots.
    private static final int STANDBYS_DECODE = 16;

    private record Slot(
            String type,
            @Nullable String plugin,
            @Nullable String database,
            String databaseHere,
            long activePid,
            Optional<Lsn> confirmed,
            Optional<Lsn> restart,
            Optional<String> lost,
            boolean isInConflict) {}

    private final LogSettings settings;

    SlotCheck(LogSettings settings) {
        this.settings = settings;
    }

    /// Where the slot's log begins, before anything has been read from it.
    ///
    /// @throws Fault if server, user or slot are not as they must be
    Lsn start(Sessions sessions) {
        try (Connection session = sessions.open()) {
            checkDecodes(session);
            checkWalLevel(session);
            checkRight(session);
            Slot slot = checked(session, Lsn.ZERO);
            return slot.confirmed().or(slot::restart).orElse(Lsn.ZERO);
        } catch (SQLException e) {
            throw PostgresFaults.of(e, settings.subject());
        }
    }

    private static void checkRight(Connection session) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.MAY_REPLICATE);
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (!row.getBoolean(2)) {
                throw WalFaults.mayNotReplicate(row.getString(1));
            }
        }
    }

    /// Looks at server, slot and publications.
    ///
    /// @throws Fault that says which of them is not as it must be
    Opening open(Sessions sessions, Lsn start) {
        try (Connection session = sessions.open()) {
            boolean isStandby = checkDecodes(session);
            checkWalLevel(session);
            Slot slot = free(session, start);
            checkPublications(session);
            return opening(session, slot, start, isStandby);
        } catch (SQLException e) {
            throw PostgresFaults.of(e, settings.subject());
        }
    }

    /// Whether the server is a standby.
    ///
    /// @throws Fault if it is one that is too old to decode its log
    private static boolean checkDecodes(Connection session) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.STANDBY);
                ResultSet row = statement.executeQuery()) {
            row.next();
            boolean isStandby = row.getBoolean(1);
            if (isStandby && row.getInt(2) < STANDBYS_DECODE) {
                throw WalFaults.standbyTooOld(row.getInt(2));
            }
            return isStandby;
        }
    }

    private static void checkWalLevel(Connection session) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.WAL_LEVEL);
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (!row.getString(1).equals("logical")) {
                throw WalFaults.walLevel(row.getString(1));
            }
        }
    }

    /// The slot, once nobody reads it.
    private Slot free(Connection session, Lsn start) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE_FOR_PREDECESSOR.toNanos();
        Slot slot = checked(session, start);
        while (slot.activePid() != 0) {
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                throw WalFaults.inUse(settings.slot(), slot.activePid());
            }
            LockSupport.parkNanos(LOOK_NANOS);
            slot = checked(session, start);
        }
        return slot;
    }

    private Slot checked(Connection session, Lsn start) throws SQLException {
        Optional<Slot> found = find(session);
        if (found.isEmpty()) {
            throw checkDecodes(session)
                    ? WalFaults.slotMissingAtStandby(settings.slot(), start)
                    : WalFaults.slotMissing(settings.slot(), start);
        }
        Slot slot = found.get();
        if (!slot.type().equals("logical")) {
            throw WalFaults.otherPlugin(settings.slot(), "physical");
        }
        if (!"pgoutput".equals(slot.plugin())) {
            throw WalFaults.otherPlugin(settings.slot(), "one of plugin " + slot.plugin());
        }
        if (!slot.databaseHere().equals(slot.database())) {
            throw WalFaults.otherDatabase(settings.slot(), String.valueOf(slot.database()), slot.databaseHere());
        }
        if (slot.lost().isPresent()) {
            String reason = slot.lost().get();
            throw slot.isInConflict() ? WalFaults.conflicting(settings.slot(), reason) : WalFaults.lost(settings.slot(), reason);
        }
        return slot;
    }

    private Optional<Slot> find(Connection session) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.SLOT)) {
            statement.setString(1, settings.slot());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
        }
    }

    private static Slot read(ResultSet row) throws SQLException {
        return new Slot(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                Optional.ofNullable(row.getString(6)).map(Lsn::parse),
                Optional.ofNullable(row.getString(7)).map(Lsn::parse),
                lost(row.getString(8), row.getString(9), row.getString(10)),
                "true".equals(row.getString(10)));
    }

    private static Optional<String> lost(@Nullable String walStatus, @Nullable String reason, @Nullable String conflicting) {
        if (reason != null) {
            return Optional.of("invalidation_reason = " + reason);
        }
        if ("true".equals(conflicting)) {
            return Optional.of("it conflicts with recovery");
        }
        return "lost".equals(walStatus) ? Optional.of("wal_status = lost") : Optional.empty();
    }

    private void checkPublications(Connection session) throws SQLException {
        List<String> missing = new ArrayList<>(settings.publications());
        Array names = session.createArrayOf("name", settings.publications().toArray());
        try (PreparedStatement statement = session.prepareStatement(WalSql.PUBLICATIONS)) {
            statement.setArray(1, names);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    missing.remove(rows.getString(1));
                }
            }
        }
        if (!missing.isEmpty()) {
            throw PostgresFaults.publicationsMissing(missing);
        }
    }

    private Opening opening(Connection session, Slot slot, Lsn start, boolean isStandby) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.SERVER);
                ResultSet row = statement.executeQuery()) {
            row.next();
            Lsn confirmed = slot.confirmed().orElse(Lsn.ZERO);
            Lsn end = Lsn.parse(row.getString(4));
            if (start.isBefore(confirmed)) {
                throw WalFaults.ahead(settings.slot(), confirmed, start);
            }
            if (end.isBefore(start.beforePageHeader())) {
                throw isStandby ? WalFaults.notReplayedYet(settings.slot(), start, end) : WalFaults.beyondLog(settings.slot(), start, end);
            }
            return new Opening(
                    row.getInt(1),
                    start,
                    new LogExtent(end, confirmed, slot.restart().orElse(confirmed)),
                    row.getLong(2),
                    Duration.ofMillis(row.getLong(3)));
        }
    }
}
