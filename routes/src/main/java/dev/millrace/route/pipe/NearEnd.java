package dev.millrace.route.pipe;

import dev.millrace.core.route.Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A port of 127.0.0.1; each connection that it accepts is handed on.
///
/// A connection that cannot be handed on is closed at once, after the opener has noted why, so that whoever dialled finds the reason there.
/// Has a virtual thread for itself and two for each connection. Closing it closes the connections.
public final class NearEnd implements AutoCloseable {

    private static final int BACKLOG = 64;

    /// Opens the way on.
    @FunctionalInterface
    public interface Opener {

        /// The far end for one connection; to be closed by the caller. Waits no longer than its own limit.
        ///
        /// @throws IOException if there is no way on; the opener has noted why
        Duplex open() throws IOException;
    }

    private final ServerSocket listener;
    private final Opener opener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Pause pause = new Pause();

    private NearEnd(ServerSocket listener, Opener opener) {
        this.listener = listener;
        this.opener = opener;
    }

    /// Begins to listen.
    ///
    /// @param opener called for each connection, on a thread of its own
    public static NearEnd listen(Opener opener) {
        try {
            NearEnd end = new NearEnd(new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1")), opener);
            Thread.ofVirtual().name("near-end").start(end::accept);
            return end;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where it listens.
    public Address address() {
        InetSocketAddress local = (InetSocketAddress) listener.getLocalSocketAddress();
        return new Address("127.0.0.1", local.getPort());
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                Thread.ofVirtual().name("near-end-connection").start(() -> handOn(connection));
            } catch (IOException _) {
                // The listener was closed, or nothing can be accepted now, as when no more files may be opened; the loop knows which.
                pause.await();
            }
        }
    }

    private void handOn(Socket connection) {
        connections.add(connection);
        try (connection) {
            connection.setTcpNoDelay(true);
            Pipe.join(Duplex.of(connection), opener.open());
        } catch (IOException _) {
            // There is no way on; the opener knows why.
        } finally {
            connections.remove(connection);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            pause.end();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
