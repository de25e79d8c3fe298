package dev.millrace.postgres.session;

import java.sql.Connection;
import java.sql.SQLException;

/// Opens sessions with one database. May be used by many threads at the same time.
///
/// Every session prints values in the same way (see [SessionSettings]), so that the text of a value never depends on who read it.
/// Whoever opens a session closes it.
public interface Sessions {

    /// Opens an ordinary session, in auto-commit mode.
    ///
    /// @throws SQLException as the driver has it; the caller knows which fault that is
    Connection open() throws SQLException;

    /// Opens a session that speaks the replication protocol and is bound to the database (`replication=database`).
    ///
    /// @throws SQLException as the driver has it; the caller knows which fault that is
    Connection openReplication() throws SQLException;
}
