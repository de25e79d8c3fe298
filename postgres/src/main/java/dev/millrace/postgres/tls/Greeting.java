package dev.millrace.postgres.tls;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.postgres.dial.DialFaults;
import dev.millrace.postgres.dial.Dialler;
import dev.millrace.postgres.dial.NotDialled;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/// The first exchange with a server, before anybody says who they are: the question for TLS (manual, "SSL Session Encryption" of the protocol's flow).
///
/// @param socket connected; ends with the greeting
/// @param hasTls whether the server waits for a handshake
record Greeting(Socket socket, boolean hasTls) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int REQUEST_BYTES = 8;
    private static final int REQUEST = 80_877_103;

    /// Greets a server.
    ///
    /// @throws Fault if it cannot be reached, or is no PostgreSQL server; within the limits of dialling and [#PATIENCE]
    static Greeting of(Route route, Dialler dialler) {
        Address server = route.target();
        Socket socket;
        try {
            socket = dialler.dial(route.dial());
        } catch (NotDialled e) {
            throw hindered(route, DialFaults.of(e, server));
        }
        try {
            return new Greeting(socket, asks(socket, server));
        } catch (SocketTimeoutException e) {
            close(socket);
            throw hindered(route, DialFaults.silent(server, e));
        } catch (IOException e) {
            close(socket);
            throw hindered(route, DialFaults.closed(server, e));
        } catch (Fault e) {
            close(socket);
            throw e;
        }
    }

    /// Here only the near end of the way is seen; the way may know more.
    private static Fault hindered(Route route, Fault seen) {
        Optional<Fault> hindrance = route.hindrance();
        hindrance.ifPresent(fault -> fault.addSuppressed(seen));
        return hindrance.orElse(seen);
    }

    private static boolean asks(Socket socket, Address server) throws IOException {
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(REQUEST_BYTES);
        out.writeInt(REQUEST);
        out.flush();
        InputStream in = socket.getInputStream();
        int answer = in.read();
        // Whoever says more than one byte of themselves does not wait for a handshake: an SSH server begins with S too.
        boolean saysMore = in.available() > 0;
        return switch (answer) {
            case -1 -> throw new IOException("The server ended the connection");
            case 'S' -> saysMore ? no(server) : true;
            case 'N' -> false;
            // A server that could not start a process for us tells so before it understands.
            case 'E' -> false;
            default -> no(server);
        };
    }

    private static boolean no(Address server) {
        throw TlsFaults.notPostgres(server, new IOException("Another protocol"));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing was agreed on yet.
        }
    }

    @Override
    public void close() {
        close(socket);
    }
}
