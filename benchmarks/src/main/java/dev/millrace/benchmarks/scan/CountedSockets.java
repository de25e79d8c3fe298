package dev.millrace.benchmarks.scan;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/// Sockets for the driver, which finds this by its name, that count what is received.
public final class CountedSockets extends SocketFactory {

    private static final AtomicLong RECEIVED = new AtomicLong();

    /// For the driver.
    public CountedSockets() {}

    /// The bytes that all sockets of this kind have received.
    static long received() {
        return RECEIVED.get();
    }

    @Override
    public Socket createSocket() {
        return new Counted();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(host, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
        return connected(address, port);
    }

    private static Socket connected(InetAddress host, int port) throws IOException {
        Socket socket = new Counted();
        socket.connect(new java.net.InetSocketAddress(host, port));
        return socket;
    }

    private static final class Counted extends Socket {

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int read = in.read();
                    RECEIVED.addAndGet(read < 0 ? 0 : 1);
                    return read;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    int read = in.read(into, offset, length);
                    RECEIVED.addAndGet(Math.max(0, read));
                    return read;
                }
            };
        }
    }
}
