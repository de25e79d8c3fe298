package dev.millrace.source.check;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The settings that a server has now, with their units.
///
/// @param majorVersion such as 17
/// @param isStandby whether it follows a primary
/// @param values by name; a setting that this version does not have is not among them
record ServerSettings(int majorVersion, boolean isStandby, Map<String, Value> values) {

    /// A value in its unit, both as the server has them.
    record Value(String text, String unit) {}

    /// Asks.
    static ServerSettings read(Connection session) throws SQLException {
        Map<String, Value> values = new HashMap<>();
        boolean isStandby = false;
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CheckSql.SETTINGS)) {
            while (row.next()) {
                values.put(row.getString("name"), new Value(row.getString("setting"), row.getString("unit")));
                isStandby = row.getBoolean("standby");
            }
        }
        return new ServerSettings(session.getMetaData().getDatabaseMajorVersion(), isStandby, values);
    }

    /// As it stands.
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(Value::text);
    }

    /// As a number in the server's unit.
    Optional<Long> number(String name) {
        return text(name).map(Long::parseLong);
    }

    /// As bytes; a negative value stays what it is.
    Optional<Long> bytes(String name) {
        return Optional.ofNullable(values.get(name)).map(value -> {
            long number = Long.parseLong(value.text());
            return number < 0
                    ? number
                    : number * switch (value.unit()) {
                        case "kB" -> 1L << 10;
                        case "8kB" -> 8L << 10;
                        case "MB" -> 1L << 20;
                        case "GB" -> 1L << 30;
                        default -> 1;
                    };
        });
    }

    /// As a duration.
    Optional<Duration> duration(String name) {
        return Optional.ofNullable(values.get(name)).map(value -> {
            long number = Long.parseLong(value.text());
            return switch (value.unit()) {
                case "ms" -> Duration.ofMillis(number);
                case "min" -> Duration.ofMinutes(number);
                default -> Duration.ofSeconds(number);
            };
        });
    }
}
