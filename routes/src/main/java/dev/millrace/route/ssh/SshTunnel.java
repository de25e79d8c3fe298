package dev.millrace.route.ssh;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.route.pipe.Duplex;
import dev.millrace.route.pipe.NearEnd;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;

/// A way through an SSH server: one session with it, a port of 127.0.0.1 in front, and behind it as many sessions at the database as are dialled.
///
/// The session is opened by the first [#dial] and opened anew by a later one if it broke. Sessions at the database that went through a broken one
/// are lost; whoever holds one sees its socket close. The port is open to everybody on this machine, who still has to log in to the database.
public final class SshTunnel implements Route {

    private final TunnelHost host;
    private final Address target;
    private final Supplier<TunnelKey> key;
    private final TrustedHostKeys trusted;
    private final SshLimits limits;
    private final TunnelFaults faults;
    private final Object turn = new Object();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<@Nullable Fault> refusal = new AtomicReference<>();
    private @Nullable SshDialer dialer;
    private @Nullable ClientSession session;
    private @Nullable NearEnd near;
    private @Nullable Failed failed;
    private boolean closed;

    /// Nothing is dialled yet.
    ///
    /// @param host that forwards
    /// @param target the database's host and port, as the tunnel host sees them
    /// @param key asked for when a session is opened; may throw a [Fault]
    /// @param trusted the approved host keys
    public SshTunnel(TunnelHost host, Address target, Supplier<TunnelKey> key, TrustedHostKeys trusted, SshLimits limits) {
        this.host = host;
        this.target = target;
        this.key = key;
        this.trusted = trusted;
        this.limits = limits;
        this.faults = new TunnelFaults(host, target);
    }

    @Override
    public Address dial() {
        long asked = System.nanoTime();
        synchronized (turn) {
            if (closed) {
                throw new IllegalStateException("Invalid call: dial after close (must come before)");
            }
            if (near == null) {
                near = NearEnd.listen(this::channel);
            }
            if (session != null && session.isOpen()) {
                return near.address();
            }
            // Several copiers come at the same moment; those who waited for a try that failed do not each wait for another.
            if (failed != null && failed.at - asked > 0) {
                throw failed.fault;
            }
            try {
                session = open();
                failed = null;
                return near.address();
            } catch (Fault fault) {
                failed = new Failed(System.nanoTime(), fault);
                throw fault;
            }
        }
    }

    private ClientSession open() {
        refusal.set(null);
        if (dialer == null) {
            dialer = SshDialer.open(limits, host.publicOnly());
        }
        TunnelKey login = key.get();
        try {
            return dialer.dial(host.address(), host.user(), new Login.Key(login.pair()), trusted);
        } catch (DialFailure e) {
            throw faults.of(e, login);
        }
    }

    /// The way on for a connection at the near end.
    private Duplex channel() throws IOException {
        ClientSession current;
        synchronized (turn) {
            current = session;
        }
        if (current == null) {
            throw new IOException("The tunnel is closed.");
        }
        try {
            Duplex channel = ChannelDuplex.open(current, target, limits.login(), bytes);
            refusal.set(null);
            return channel;
        } catch (IOException e) {
            refusal.set(ChannelRefusal.in(e).map(faults::of).orElseGet(() -> current.isOpen() ? faults.silent(e) : faults.broken()));
            throw e;
        }
    }

    @Override
    public Address target() {
        return target;
    }

    /// Has the tunnel host open a session at the target, which is closed at once.
    ///
    /// @throws Fault if there is no way to the target
    public void probe() {
        dial();
        try (Duplex _ = channel()) {
            refusal.set(null);
        } catch (IOException e) {
            throw hindrance().orElseGet(() -> faults.silent(e));
        }
    }

    /// The key that the tunnel host has shown in the session that is open; empty if there is none.
    public Optional<HostKey> hostKey() {
        synchronized (turn) {
            return session == null ? Optional.empty() : SshDialer.hostKey(session);
        }
    }

    /// The host that forwards.
    public TunnelHost host() {
        return host;
    }

    @Override
    public Optional<Fault> hindrance() {
        Fault seen = refusal.get();
        if (seen != null) {
            return Optional.of(seen);
        }
        synchronized (turn) {
            return session != null && !session.isOpen() ? Optional.of(faults.broken()) : Optional.empty();
        }
    }

    @Override
    public void close() {
        synchronized (turn) {
            closed = true;
            session = null;
            if (near != null) {
                near.close();
            }
            if (dialer != null) {
                dialer.close();
                dialer = null;
            }
        }
    }

    /// The latest try that failed, and when.
    private record Failed(long at, Fault fault) {}
}
