package dev.millrace.server.destination;

import dev.millrace.server.destination.DestinationRecord.SetupStatus;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The destinations.
///
/// @param state where they are kept
public record Destinations(State state) {

    /// Adds one, whose group has none.
    public void add(DestinationRecord destination) {
        state.run(handle -> handle.execute(
                "INSERT INTO destination VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                destination.id(),
                destination.service(),
                destination.region(),
                destination.timeZoneOffset(),
                destination.config().toString(),
                destination.setupStatus().name(),
                destination.created().toEpochMilli(),
                destination.secrets().text()));
    }

    /// All, in the order in which they were made.
    public List<DestinationRecord> all() {
        return state.read(handle -> handle.createQuery("SELECT * FROM destination ORDER BY created_at, id").map((row, _) -> destination(row)).list());
    }

    /// By id.
    public Optional<DestinationRecord> find(String id) {
        return state.read(handle -> handle.createQuery("SELECT * FROM destination WHERE id = ?").bind(0, id).map((row, _) -> destination(row)).findOne());
    }

    /// Writes it anew.
    public void update(DestinationRecord destination) {
        state.run(handle -> handle.execute(
                "UPDATE destination SET region = ?, time_zone_offset = ?, config = ?, secrets = ?, setup_status = ? WHERE id = ?",
                destination.region(), destination.timeZoneOffset(), destination.config().toString(), destination.secrets().text(), destination.setupStatus().name(), destination.id()));
    }

    /// Removes one. What was copied stays where it is.
    public void remove(String id) {
        state.run(handle -> handle.execute("DELETE FROM destination WHERE id = ?", id));
    }

    private static DestinationRecord destination(ResultSet row) throws SQLException {
        return new DestinationRecord(
                row.getString("id"),
                row.getString("service"),
                row.getString("region"),
                row.getString("time_zone_offset"),
                Json.parseObject(row.getString("config")),
                Sealed.parse("destination/" + row.getString("id"), row.getString("secrets")),
                SetupStatus.valueOf(row.getString("setup_status")),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
