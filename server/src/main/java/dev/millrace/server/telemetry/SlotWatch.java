package dev.millrace.server.telemetry;

import dev.millrace.core.fault.Fault;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.source.wal.SlotStatus;
import dev.millrace.worker.Wiring;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the replication slots of connections now and then, also between runs and while they are paused: that is when a source's disk fills up.
public final class SlotWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlotWatch.class);
    private static final Duration PAUSE = Duration.ofSeconds(60);

    /// How a slot stood.
    public record Seen(Instant at, SlotStatus status) {}

    private final ControlPlane plane;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> Thread.ofPlatform().name("slot-watch").daemon().unstarted(work));

    /// Begins to look.
    public SlotWatch(ControlPlane plane) {
        this.plane = plane;
        clock.scheduleWithFixedDelay(this::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// How a connection's slot stood when it was last looked at; empty if it has none, or none was reached.
    public Optional<Seen> of(String connection) {
        return Optional.ofNullable(seen.get(connection));
    }

    private void look() {
        for (ConnectionRecord connection : plane.connections().all()) {
            if (clock.isShutdown()) {
                return;
            }
            look(connection);
        }
        seen.keySet().removeIf(id -> plane.connections().find(id).isEmpty());
    }

    /// Looks at one now.
    public void look(ConnectionRecord connection) {
        try (Wiring wiring = plane.orders().wiring(connection)) {
            wiring.slotStatus().ifPresent(status -> seen.put(connection.id(), new Seen(plane.connections().clock().instant(), status)));
        } catch (Fault | Refusal e) {
            seen.remove(connection.id());
            LOG.debug("connection={} slot=not-seen", connection.id(), e);
        } catch (RuntimeException e) {
            LOG.warn("connection={} slot=not-seen", connection.id(), e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
