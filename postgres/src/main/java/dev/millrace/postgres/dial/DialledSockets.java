package dev.millrace.postgres.dial;

import dev.millrace.core.route.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/// The driver's sockets, dialled by a [Dialler]. The driver makes one for each session, by its name.
///
/// The session's first socket decides which of the host's addresses it is with; a later one, by which the driver cancels a statement, goes to
/// the same.
public final class DialledSockets extends SocketFactory {

    private static final String HOST = "millrace.dial.host";
    private static final String PORT = "millrace.dial.port";
    private static final String PRIVATE_HOSTS = "millrace.dial.private";

    private final Dialler dialler;
    private final Address target;
    private @Nullable Address reached;

    /// For the driver.
    ///
    /// @param session the session's properties, [those][#properties] among them
    public DialledSockets(Properties session) {
        this.dialler = new Dialler(PrivateHosts.valueOf(value(session, PRIVATE_HOSTS)));
        this.target = new Address(value(session, HOST), Integer.parseInt(value(session, PORT)));
    }

    private static String value(Properties session, String name) {
        return Objects.requireNonNull(session.getProperty(name), name);
    }

    /// The properties that have the driver dial an address in this way.
    public static Map<String, String> properties(Address target, PrivateHosts privateHosts) {
        return Map.of(
                PGProperty.SOCKET_FACTORY.getName(), DialledSockets.class.getName(),
                HOST, target.host(),
                PORT, Integer.toString(target.port()),
                PRIVATE_HOSTS, privateHosts.name());
    }

    @Override
    public synchronized Socket createSocket() throws IOException {
        Socket socket = dialler.dial(reached == null ? target : reached);
        reached = new Address(socket.getInetAddress().getHostAddress(), target.port());
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw notAsked();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw notAsked();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw notAsked();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw notAsked();
    }

    private static UnsupportedOperationException notAsked() {
        return new UnsupportedOperationException("The driver asks for a socket without naming an address");
    }
}
