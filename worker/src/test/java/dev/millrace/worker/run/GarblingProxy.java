package dev.millrace.worker.run;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A way to a server on which what the server says is garbled, once for each [#garble] that was asked for.
///
/// Knows as much of PostgreSQL's protocol as is needed to take the server's messages one by one.
final class GarblingProxy implements AutoCloseable {

    /// Changes a message in place.
    @FunctionalInterface
    interface Garble {
        /// Changes the message.
        ///
        /// @param at where the mark begins that it was chosen for
        void change(ByteBuffer message, int at);
    }

    private record Order(byte[] mark, Garble garble) {}

    private final ServerSocket listener;
    private final int serverPort;
    private final List<Order> orders = new CopyOnWriteArrayList<>();
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

    /// Listens on a free port of this machine and passes on to another.
    GarblingProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// Has the next message of the server that holds a text garbled.
    void garble(String mark, Garble garble) {
        orders.add(new Order(mark.getBytes(StandardCharsets.UTF_8), garble));
    }

    /// Whether everything that was asked for has been done.
    boolean isDone() {
        return orders.isEmpty();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                open.addAll(Set.of(client, server));
                Thread.ofVirtual().start(() -> pass(client, server, () -> client.getInputStream().transferTo(server.getOutputStream())));
                Thread.ofVirtual().start(() -> pass(client, server, () -> answer(server.getInputStream(), client.getOutputStream())));
            } catch (IOException _) {
                // Closed, or the server is not there: the client sees it.
                continue;
            }
        }
    }

    private interface Passing {
        void run() throws IOException;
    }

    private static void pass(Socket client, Socket server, Passing passing) {
        try (client; server) {
            passing.run();
        } catch (IOException _) {
            // One side has gone, and so does the other.
            return;
        }
    }

    private void answer(InputStream from, OutputStream to) throws IOException {
        DataInputStream server = new DataInputStream(from);
        int letter = server.read();
        if (letter == 'N') {
            // No TLS here, says the server in a single byte.
            to.write(letter);
            letter = server.read();
        }
        for (; letter >= 0; letter = server.read()) {
            int length = server.readInt();
            ByteBuffer message = ByteBuffer.allocate(1 + length).put((byte) letter).putInt(length);
            server.readFully(message.array(), message.position(), length - Integer.BYTES);
            garble(message);
            to.write(message.array());
        }
    }

    private synchronized void garble(ByteBuffer message) {
        for (Order order : orders) {
            int at = find(message.array(), order.mark());
            if (at >= 0) {
                orders.remove(order);
                order.garble().change(message, at);
            }
        }
    }

    private static int find(byte[] message, byte[] mark) {
        for (int at = 0; at + mark.length <= message.length; at++) {
            if (java.util.Arrays.equals(message, at, at + mark.length, mark, 0, mark.length)) {
                return at;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Closeable each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
