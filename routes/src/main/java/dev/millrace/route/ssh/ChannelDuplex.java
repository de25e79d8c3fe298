package dev.millrace.route.ssh;

import dev.millrace.core.route.Address;
import dev.millrace.route.pipe.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.future.CancelOption;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.net.SshdSocketAddress;

/// A `direct-tcpip` channel of an SSH session, as RFC 4254 section 7.2 has it: bytes to and from a host that the other side connects to.
public final class ChannelDuplex implements Duplex {

    private static final SshdSocketAddress ORIGIN = new SshdSocketAddress("127.0.0.1", 0);

    private final ChannelDirectTcpip channel;
    private final LongAdder bytes;

    private ChannelDuplex(ChannelDirectTcpip channel, LongAdder bytes) {
        this.channel = channel;
        this.bytes = bytes;
    }

    /// Has the other side of a session connect to a host; on either side of the session.
    ///
    /// @param limit how long that may take
    /// @param bytes counts what goes through, both ways together
    /// @throws IOException if it does not; [ChannelRefusal#in] tells whether it said so
    public static ChannelDuplex open(Session session, Address target, Duration limit, LongAdder bytes) throws IOException {
        ChannelDirectTcpip channel = new ChannelDirectTcpip(ORIGIN, new SshdSocketAddress(target.host(), target.port()));
        try {
            session.getService(ConnectionService.class).registerChannel(channel);
            OpenFuture opening = channel.open();
            try {
                opening.verify(limit, CancelOption.CANCEL_ON_TIMEOUT);
            } catch (IOException | RuntimeException e) {
                // One that was cancelled stays until the other side answers: only so it can be closed there too, if it opens after all.
                if (!opening.isCanceled()) {
                    channel.close(true);
                }
                throw e;
            }
        } catch (RuntimeException e) {
            // The library's word for a session that was closed meanwhile.
            throw new IOException(e);
        }
        return new ChannelDuplex(channel, bytes);
    }

    @Override
    public InputStream in() {
        InputStream from = channel.getInvertedOut();
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = from.read(buffer, offset, length);
                bytes.add(Math.max(read, 0));
                return read;
            }
        };
    }

    @Override
    public OutputStream out() {
        OutputStream to = channel.getInvertedIn();
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                to.write(buffer, offset, length);
                bytes.add(length);
            }

            @Override
            public void flush() throws IOException {
                to.flush();
            }
        };
    }

    @Override
    public void finish() throws IOException {
        channel.getInvertedIn().close();
    }

    @Override
    public void close() {
        channel.close(false);
    }
}
