package dev.millrace.server.platform;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.fault.Fault;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.run.RunLog;
import java.time.Duration;
import java.util.ArrayList;
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

    /// How far a destination's tables go.
    ///
    /// @param event the id of the last event that was looked at
    /// @param change the id of the last change that was looked at
    private record Written(String event, String change) {

        Written and(List<RunLog.Event> events, List<AuditLog.Entry> changes) {
            return new Written(events.isEmpty() ? event : events.getLast().id(), changes.isEmpty() ? change : changes.getLast().id());
        }
    }

    private final ControlPlane plane;
    private final String schema;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> Thread.ofPlatform().name("platform-tables").daemon().unstarted(work));
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Map<String, Written> written = new ConcurrentHashMap<>();

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
        CopyPlace place = plane.orders().place(destination);
        // After a start the tables themselves say how far they go; what the state still holds of earlier days is not sent again.
        Written through = written.computeIfAbsent(
                destination.id(), _ -> new Written(place.lastOfMetadata(schema, "log", "id").orElse(""), place.lastOfMetadata(schema, "audit_trail", "id").orElse("")));
        List<RunLog.Event> events = plane.log().after(through.event(), EVENTS_AT_ONCE);
        List<AuditLog.Entry> changes = plane.audit().after(through.change(), EVENTS_AT_ONCE);
        List<MetadataTable> tables = new ArrayList<>(List.of(
                rows.log(events), rows.connectionTable(), rows.destinationTable(), rows.account(), rows.users(), rows.memberships(), rows.usage(), rows.auditTrail(changes)));
        tables.addAll(PlatformRows.nothingToTell());
        place.writeMetadata(schema, tables);
        written.put(destination.id(), through.and(events, changes));
        if (events.size() == EVENTS_AT_ONCE || changes.size() == EVENTS_AT_ONCE) {
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
