package dev.millrace.server.group;

import dev.millrace.server.state.Ids;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The groups.
///
/// @param state where they are kept
/// @param clock for stamps
public record Groups(State state, InstantSource clock) {

    /// Makes one.
    public Group make(String name, String createdBy) {
        Group group = new Group(Ids.next(), name, clock.instant(), Optional.of(createdBy));
        state.run(handle -> handle.execute(
                "INSERT INTO destination_group VALUES (?, ?, ?, ?)", group.id(), name, group.created().toEpochMilli(), createdBy));
        return group;
    }

    /// All, in the order in which they were made.
    public List<Group> all() {
        return state.read(handle -> handle.createQuery("SELECT * FROM destination_group ORDER BY created_at, id").map((row, _) -> group(row)).list());
    }

    /// By id.
    public Optional<Group> find(String id) {
        return state.read(handle -> handle.createQuery("SELECT * FROM destination_group WHERE id = ?").bind(0, id).map((row, _) -> group(row)).findOne());
    }

    /// By name.
    public Optional<Group> named(String name) {
        return state.read(handle -> handle.createQuery("SELECT * FROM destination_group WHERE name = ?").bind(0, name).map((row, _) -> group(row)).findOne());
    }

    /// Calls it another name.
    public void rename(String id, String name) {
        state.run(handle -> handle.execute("UPDATE destination_group SET name = ? WHERE id = ?", name, id));
    }

    /// Removes one that has neither destination nor connections.
    public void remove(String id) {
        state.run(handle -> handle.execute("DELETE FROM destination_group WHERE id = ?", id));
    }

    private static Group group(ResultSet row) throws SQLException {
        return new Group(
                row.getString("id"),
                row.getString("name"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Optional.ofNullable(row.getString("created_by")));
    }
}
