package dev.millrace.route.pipe;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/// Something that bytes come from and go to. One thread may read while another writes.
public interface Duplex extends Closeable {

    /// What comes.
    InputStream in() throws IOException;

    /// Where to write.
    OutputStream out() throws IOException;

    /// Says that nothing more will be written; what comes can still be read.
    void finish() throws IOException;

    /// A socket, whose owner it becomes.
    static Duplex of(Socket socket) {
        return new Duplex() {
            @Override
            public InputStream in() throws IOException {
                return socket.getInputStream();
            }

            @Override
            public OutputStream out() throws IOException {
                return socket.getOutputStream();
            }

            @Override
            public void finish() throws IOException {
                socket.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }

    /// A channel of a Unix-domain socket, in blocking mode, whose owner it becomes.
    static Duplex of(SocketChannel channel) {
        InputStream in = Channels.newInputStream(channel);
        OutputStream out = Channels.newOutputStream(channel);
        return new Duplex() {
            @Override
            public InputStream in() {
                return in;
            }

            @Override
            public OutputStream out() {
                return out;
            }

            @Override
            public void finish() throws IOException {
                channel.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
