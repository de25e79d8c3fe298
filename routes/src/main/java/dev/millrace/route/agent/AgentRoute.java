package dev.millrace.route.agent;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.route.pipe.Duplex;
import dev.millrace.route.pipe.NearEnd;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A way through an agent: a port of 127.0.0.1 in front, the agent's connection to the target behind.
public final class AgentRoute implements Route {

    private final String agentId;
    private final Address target;
    private final AgentWays ways;
    private final AtomicReference<@Nullable Fault> refusal = new AtomicReference<>();
    private @Nullable NearEnd near;
    private boolean closed;

    /// Nothing is dialled yet.
    ///
    /// @param target the database's host and port, as the agent sees them
    public AgentRoute(String agentId, Address target, AgentWays ways) {
        this.agentId = agentId;
        this.target = target;
        this.ways = ways;
    }

    @Override
    public Address dial() {
        // Not in the monitor: whoever closes the route must not wait for a gateway that hangs.
        ways.check(agentId);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("Invalid call: dial after close (must come before)");
            }
            if (near == null) {
                near = NearEnd.listen(this::open);
            }
            return near.address();
        }
    }

    private Duplex open() throws IOException {
        try {
            Duplex opened = ways.open(agentId, target);
            refusal.set(null);
            return opened;
        } catch (Fault fault) {
            refusal.set(fault);
            throw new IOException(fault);
        }
    }

    @Override
    public Address target() {
        return target;
    }

    @Override
    public Optional<Fault> hindrance() {
        Fault seen = refusal.get();
        if (seen != null) {
            return Optional.of(seen);
        }
        try {
            ways.check(agentId);
            return Optional.empty();
        } catch (Fault fault) {
            return Optional.of(fault);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (near != null) {
            near.close();
        }
    }
}
