package dev.millrace.server.platform;

import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.fault.Fault;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.run.RunLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps tables about connections in their destinations, as the reference product's platform connector does, so that models written for those work.
///
/// They are brought up to date after each run, on a thread of its own; what cannot be written is written after the next one.
public final class PlatformTables implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PlatformTables.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int EVENTS_AT_ONCE = 5_000;

    private final ControlPlane plane;
    private final String schema;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> Thread.ofPlatform().name("platform-tables").daemon().unstarted(work));
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Map<String, String> writtenThrough = new ConcurrentHashMap<>();

    /// Begins to listen.
    ///
    /// @param schema of the tables
    public PlatformTables(ControlPlane plane, String schema) {
        this.plane = plane;
        this.schema = schema;
        plane.log().listen(event -> {
            if (event.name().equals("sync_end")) {
                plane.connections().find(event.connectionId()).map(ConnectionRecord::groupId).ifPresent(this::ask);
            }
        });
    }

    private void ask(String group) {
        if (waiting.add(group) && !writer.isShutdown()) {
            writer.execute(() -> {
                waiting.remove(group);
                bringUpToDate(group);
            });
        }
    }

    private void bringUpToDate(String group) {
        try {
            plane.destinations().find(group).ifPresent(this::write);
        } catch (Fault fault) {
            LOG.warn("destination={} platform-tables=not-written fault={}", group, fault.kind(), fault);
        } catch (RuntimeException e) {
            LOG.error("destination={} platform-tables=failed", group, e);
        }
    }

    private void write(DestinationRecord destination) {
        List<ConnectionRecord> connections = plane.connections().inGroup(destination.id());
        PlatformRows rows = new PlatformRows(plane, destination, connections);
        List<RunLog.Event> events = plane.log().after(writtenThrough.getOrDefault(destination.id(), ""), EVENTS_AT_ONCE);
        Set<String> ours = Set.copyOf(connections.stream().map(ConnectionRecord::id).toList());
        MetadataTable log = rows.log(events.stream().filter(event -> ours.contains(event.connectionId())).toList());
        plane.orders().place(destination).writeMetadata(schema, List.of(
                log, rows.connectionTable(), rows.destinationTable(), rows.account(), rows.users(), rows.memberships(), rows.usage(), rows.none("usage_cost"), rows.none("credits_used"), rows.none("transformation_runs")));
        if (!events.isEmpty()) {
            writtenThrough.put(destination.id(), events.getLast().id());
        }
        if (events.size() == EVENTS_AT_ONCE) {
            ask(destination.id());
        }
    }

    /// Writes no more, once what is being written is.
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("platform-tables=still-writing");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
