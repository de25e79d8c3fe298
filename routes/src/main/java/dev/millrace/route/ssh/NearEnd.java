package dev.millrace.route.ssh;

import dev.millrace.core.route.Address;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.sshd.client.channel.ClientChannel;

/// A port of 127.0.0.1; each connection that it accepts is handed on through a channel of an SSH session.
///
/// A connection whose channel cannot be opened is closed at once, after the opener has noted why, so that whoever dialled finds the reason there.
/// Has a virtual thread for itself and two for each connection. Closing it closes the connections.
public final class NearEnd implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int BACKLOG = 64;

    /// Opens the way on.
    @FunctionalInterface
    public interface Opener {

        /// A channel that is open; to be closed by the caller. Waits no longer than its own limit.
        ///
        /// @throws IOException if there is no way on; the opener has noted why
        ClientChannel open() throws IOException;
    }

    private final ServerSocket listener;
    private final Opener opener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final LongAdder bytes = new LongAdder();

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

    /// How many bytes have gone through, both ways together.
    public long bytes() {
        return bytes.sum();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                Thread.ofVirtual().name("near-end-out").start(() -> handOn(connection));
            } catch (IOException _) {
                // The listener was closed, or the connection was gone before it was accepted; the loop knows which.
                Thread.onSpinWait();
            }
        }
    }

    private void handOn(Socket connection) {
        connections.add(connection);
        try (connection) {
            connection.setTcpNoDelay(true);
            try (ClientChannel channel = opener.open()) {
                Thread.ofVirtual().name("near-end-in").start(() -> send(connection, channel));
                pump(channel.getInvertedOut(), connection.getOutputStream());
            }
        } catch (IOException | RuntimeException _) {
            // Either side went away: both are closed, and whoever is left sees that.
        } finally {
            connections.remove(connection);
        }
    }

    private void send(Socket connection, ClientChannel channel) {
        try (OutputStream out = channel.getInvertedIn()) {
            pump(connection.getInputStream(), out);
        } catch (IOException | RuntimeException _) {
            // The channel or the connection was closed; closing the channel ends the other direction too.
            channel.close(true);
        }
    }

    private void pump(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            int read = in.read(buffer);
            if (read < 0) {
                return;
            }
            out.write(buffer, 0, read);
            out.flush();
            bytes.add(read);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
