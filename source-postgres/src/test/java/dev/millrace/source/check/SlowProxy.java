package dev.millrace.source.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/// A way to a server of this machine on which bytes come back no faster than a rate.
final class SlowProxy implements AutoCloseable {

    private static final int CHUNK = 16 << 10;

    private final ServerSocket listening;
    private final int target;
    private final int bytesPerSecond;

    private SlowProxy(ServerSocket listening, int target, int bytesPerSecond) {
        this.listening = listening;
        this.target = target;
        this.bytesPerSecond = bytesPerSecond;
    }

    static SlowProxy to(int port, int bytesPerSecond) throws IOException {
        ServerSocket listening = new ServerSocket();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SlowProxy proxy = new SlowProxy(listening, port, bytesPerSecond);
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket();
                // Small buffers, so that what was sent is what has arrived.
                server.setReceiveBufferSize(CHUNK);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                Thread.ofVirtual().start(() -> pump(client, server, Integer.MAX_VALUE));
                Thread.ofVirtual().start(() -> pump(server, client, bytesPerSecond));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private static void pump(Socket from, Socket to, int rate) {
        byte[] chunk = new byte[CHUNK];
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                out.write(chunk, 0, read);
                LockSupport.parkNanos(read * 1_000_000_000L / rate);
            }
        } catch (IOException _) {
            // One of the two is gone, and the other with it.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
