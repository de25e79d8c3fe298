package dev.millrace.source.wal;

import dev.millrace.core.position.Lsn;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// How the log and one slot stand at the source, for a person to look at.
///
/// @param logEnd the end of the log
/// @param confirmed what the source was told that it may forget; empty if the slot does not exist
/// @param heldBytes log that the slot keeps on the source's disk; 0 if the slot does not exist
/// @param state PostgreSQL's own word: `reserved`, `extended`, `unreserved`, `lost`; `missing` if the slot does not exist, empty before
///     PostgreSQL 13
public record SlotStatus(Lsn logEnd, Optional<Lsn> confirmed, long heldBytes, String state) {

    /// Asks in a session, which stays the caller's.
    public static SlotStatus read(Connection session, String slot) {
        try (PreparedStatement statement = session.prepareStatement(WalSql.STATUS)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Lsn end = Lsn.parse(row.getString(1));
                Optional<Lsn> restart = Optional.ofNullable(row.getString(3)).map(Lsn::parse);
                return new SlotStatus(
                        end,
                        Optional.ofNullable(row.getString(2)).map(Lsn::parse),
                        restart.map(end::bytesSince).orElse(0L),
                        Optional.ofNullable(row.getString(4)).orElse(row.getBoolean(5) ? "" : "missing"));
            }
        } catch (SQLException e) {
            throw PostgresFaults.of(e, slot);
        }
    }
}
