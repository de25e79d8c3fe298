package dev.millrace.server.schema;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.schema.SourceTable.Obstacle;
import dev.millrace.server.schema.SourceTable.SourceColumn;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.PreparedBatch;
import tools.jackson.databind.node.ArrayNode;

/// What the sources of connections had when they were last asked.
///
/// @param state where it is kept
/// @param clock for stamps
record SourceTables(State state, InstantSource clock) {

    /// The last reading of a connection's source; empty if there never was one.
    Optional<SourceReading> find(String connection) {
        return state.read(handle -> {
            Optional<Long> at = handle.createQuery("SELECT read_at FROM source_reading WHERE connection_id = ?").bind(0, connection).mapTo(Long.class).findOne();
            return at.map(millis -> SourceReading.of(
                    Instant.ofEpochMilli(millis),
                    handle.createQuery("SELECT * FROM source_table WHERE connection_id = ?").bind(0, connection).map((row, _) -> table(row)).list()));
        });
    }

    /// Puts a reading in the place of the last one.
    SourceReading write(String connection, List<SourceTable> tables) {
        Instant now = clock.instant();
        state.run(handle -> {
            handle.execute("DELETE FROM source_table WHERE connection_id = ?", connection);
            handle.execute("DELETE FROM source_reading WHERE connection_id = ?", connection);
            handle.execute("INSERT INTO source_reading VALUES (?, ?)", connection, now.toEpochMilli());
            if (!tables.isEmpty()) {
                PreparedBatch batch = handle.prepareBatch("INSERT INTO source_table VALUES (?, ?, ?, ?, ?, ?)");
                tables.forEach(table -> batch.add(
                        connection,
                        table.name().schema(),
                        table.name().table(),
                        columns(table).toString(),
                        table.obstacle().map(Obstacle::reason).orElse(null),
                        table.obstacle().map(Obstacle::remedy).orElse(null)));
                batch.execute();
            }
        });
        return SourceReading.of(now, tables);
    }

    /// Notes that the last reading holds less than there is; it stays for who cannot ask again.
    void outdate(String connection) {
        state.run(handle -> handle.execute("UPDATE source_reading SET read_at = 0 WHERE connection_id = ?", connection));
    }

    private static ArrayNode columns(SourceTable table) {
        ArrayNode columns = Json.list();
        table.columns().forEach(column -> columns.addObject().put("name", column.name()).put("type", column.type()).put("key", column.key()));
        return columns;
    }

    private static SourceTable table(ResultSet row) throws SQLException {
        List<SourceColumn> columns = Json.parse(row.getString("columns"))
                .valueStream()
                .map(column -> new SourceColumn(column.path("name").asString(), column.path("type").asString(), column.path("key").asBoolean()))
                .toList();
        String reason = row.getString("reason");
        return new SourceTable(
                new TableName(row.getString("source_schema"), row.getString("source_table")),
                columns,
                reason == null ? Optional.empty() : Optional.of(new Obstacle(reason, row.getString("remedy"))));
    }
}
