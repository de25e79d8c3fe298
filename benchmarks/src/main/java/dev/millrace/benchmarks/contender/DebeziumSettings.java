package dev.millrace.benchmarks.contender;

import java.util.Map;
import java.util.Properties;

/// What Debezium is told, chosen for throughput where there is a choice.
final class DebeziumSettings {

    private static final Map<String, String> BOTH = Map.ofEntries(
            Map.entry("name", "benchmark"),
            Map.entry("connector.class", "io.debezium.connector.postgresql.PostgresConnector"),
            Map.entry("topic.prefix", "bench"),
            Map.entry("plugin.name", "pgoutput"),
            Map.entry("publication.autocreate.mode", "disabled"),
            Map.entry("slot.drop.on.stop", "false"),
            Map.entry("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore"),
            Map.entry("offset.flush.interval.ms", "10000"),
            Map.entry("max.batch.size", "8192"),
            Map.entry("max.queue.size", "32768"),
            Map.entry("poll.interval.ms", "10"),
            Map.entry("tombstones.on.delete", "false"),
            Map.entry("statistics.metrics.enabled", "false"));

    private DebeziumSettings() {}

    /// For an initial snapshot and nothing else, in one session, like the reference.
    static Properties snapshot(Assignment assignment) {
        Properties settings = both(assignment);
        settings.setProperty("snapshot.mode", "initial_only");
        settings.setProperty("snapshot.fetch.size", "10240");
        settings.setProperty("snapshot.max.threads", "2");
        if (!assignment.wholeTable()) {
            String table = "public." + assignment.table();
            settings.setProperty("snapshot.select.statement.overrides", table);
            settings.setProperty("snapshot.select.statement.overrides." + table,
                    "SELECT * FROM %s LIMIT %d".formatted(table, assignment.rows()));
        }
        return settings;
    }

    /// For the log alone.
    static Properties stream(Assignment assignment) {
        Properties settings = both(assignment);
        settings.setProperty("snapshot.mode", "no_data");
        return settings;
    }

    private static Properties both(Assignment assignment) {
        Properties settings = new Properties();
        settings.putAll(BOTH);
        settings.setProperty("database.hostname", Assignment.HOST);
        settings.setProperty("database.port", Integer.toString(assignment.port()));
        settings.setProperty("database.user", Assignment.USER);
        settings.setProperty("database.password", "");
        settings.setProperty("database.dbname", assignment.database());
        settings.setProperty("table.include.list", "public." + assignment.table());
        settings.setProperty("publication.name", assignment.publication());
        settings.setProperty("slot.name", assignment.slot());
        return settings;
    }
}
