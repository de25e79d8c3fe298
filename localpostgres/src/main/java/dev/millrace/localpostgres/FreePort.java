package dev.millrace.localpostgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of 127.0.0.1 on which nobody listens.
final class FreePort {

    // Below the ports that systems give to outgoing connections, so that one of those never sits on a stopped server's port.
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 31_999;
    private static final int ATTEMPTS_MAX = 200;

    private FreePort() {}

    /// A free port; it may be taken by somebody else before it is used.
    static int choose() {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new LocalPostgresException("%d ports of 127.0.0.1 between %d and %d were tried and none is free, so no server can be started."
                .formatted(ATTEMPTS_MAX, LOWEST, HIGHEST), "Name a port.");
    }

    /// Whether a server could listen on `port` now.
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
