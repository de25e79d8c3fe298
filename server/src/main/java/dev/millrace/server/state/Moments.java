package dev.millrace.server.state;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// Moments as the state keeps them: milliseconds since 1970.
public final class Moments {

    private Moments() {}

    /// A column's moment; empty where it holds none.
    public static Optional<Instant> of(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
