package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// One setup test of a database that accepts the login.
interface Question {

    /// Which test this is.
    SetupTest test();

    /// Asks, in a session that stays the caller's and whose statements are limited in time; at least one finding.
    ///
    /// @throws SQLException if the server refuses or does not answer in time; the caller makes a finding of that
    List<Finding> ask(Connection session) throws SQLException;
}
