package dev.millrace.postgres.fault;

import dev.millrace.core.fault.Fault;
import java.sql.SQLException;

/// A session that was not opened, where whoever tried knows which fault it is: the way to the server, TLS, the kind of login.
public final class NotOpened extends SQLException {

    private final transient Fault fault;

    /// @param fault what it is
    /// @param told by the driver; its SQLSTATE is kept
    public NotOpened(Fault fault, SQLException told) {
        super(fault.description(), told.getSQLState(), told);
        this.fault = fault;
    }

    /// What it is.
    public Fault fault() {
        return fault;
    }
}
