package dev.millrace.postgres.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.route.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiallerTest {

    private static final Duration LIMIT = Duration.ofSeconds(3);

    @Test
    void a_dead_address_among_several_costs_a_moment() throws IOException {
        try (Deaf dead = new Deaf("127.0.0.2"); ServerSocket alive = new ServerSocket(dead.port(), 5, address("127.0.0.1"))) {
            long start = System.nanoTime();
            Dialler dialler = new Dialler(PrivateHosts.ALLOW, LIMIT, _ -> new InetAddress[] {address("127.0.0.2"), address("127.0.0.1")});
            try (Socket socket = dialler.dial(new Address("db.example.com", alive.getLocalPort()))) {
                assertThat(socket.getInetAddress()).isEqualTo(address("127.0.0.1"));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void an_address_that_refuses_is_followed_by_the_next_at_once() throws IOException {
        try (ServerSocket alive = new ServerSocket(0, 5, address("127.0.0.1"))) {
            Dialler dialler = new Dialler(PrivateHosts.ALLOW, LIMIT, _ -> new InetAddress[] {address("127.0.0.3"), address("127.0.0.1")});
            dialler.dial(new Address("db.example.com", alive.getLocalPort())).close();
        }
    }

    @Test
    void a_name_with_ipv6_addresses_only_is_dialled() throws IOException {
        try (ServerSocket alive = new ServerSocket(0, 5, address("::1"))) {
            Dialler dialler = new Dialler(PrivateHosts.ALLOW, LIMIT, _ -> new InetAddress[] {address("::1")});
            try (Socket socket = dialler.dial(new Address("six.example.com", alive.getLocalPort()))) {
                assertThat(socket.getInetAddress()).isEqualTo(address("::1"));
            }
            new Dialler(PrivateHosts.ALLOW).dial(new Address("[::1]", alive.getLocalPort())).close();
        }
    }

    @Test
    void what_answers_nowhere_is_given_up_within_the_limit() throws IOException {
        try (Deaf dead = new Deaf("127.0.0.2")) {
            Dialler dialler = new Dialler(PrivateHosts.ALLOW, Duration.ofMillis(600), _ -> new InetAddress[] {address("127.0.0.2")});
            NotDialled failure = failure(dialler, dead.port());
            assertThat(failure.reason()).isEqualTo(NotDialled.Reason.SILENT);
            assertThat(failure.tried()).isEqualTo("127.0.0.2");
        }
    }

    @Test
    void a_wrong_port_an_unknown_name_and_a_slow_name_service_are_told_apart() throws IOException {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 5, address("127.0.0.1"))) {
            free = closed.getLocalPort();
        }
        assertThat(failure(new Dialler(PrivateHosts.ALLOW, LIMIT, _ -> new InetAddress[] {address("127.0.0.1")}), free).reason())
                .isEqualTo(NotDialled.Reason.REFUSED);
        Dialler.Names unknown = host -> {
            throw new UnknownHostException(host);
        };
        assertThat(failure(new Dialler(PrivateHosts.ALLOW, LIMIT, unknown), 5432).reason()).isEqualTo(NotDialled.Reason.UNRESOLVABLE);
        CountDownLatch never = new CountDownLatch(1);
        Dialler.Names slow = host -> {
            try {
                never.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        };
        assertThat(failure(new Dialler(PrivateHosts.ALLOW, Duration.ofMillis(200), slow), 5432).reason())
                .isEqualTo(NotDialled.Reason.UNRESOLVABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "198.18.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"})
    void private_addresses_are_refused_where_it_is_asked_for(String text) {
        Dialler dialler = new Dialler(PrivateHosts.REFUSE, LIMIT, _ -> new InetAddress[] {address(text)});
        assertThat(failure(dialler, 5432).reason()).isEqualTo(NotDialled.Reason.PRIVATE);
    }

    @Test
    void public_addresses_are_not_and_what_was_looked_at_is_dialled() throws IOException {
        List<String> asked = new ArrayList<>();
        Dialler dialler = new Dialler(PrivateHosts.REFUSE, LIMIT, host -> {
            asked.add(host);
            return new InetAddress[] {address("10.0.0.1"), address("93.184.216.34"), address("2606:2800::1")};
        });
        assertThat(dialler.resolve(new Address("db.example.com", 5432))).containsExactly(address("93.184.216.34"), address("2606:2800::1"));
        assertThat(asked).hasSize(1);
    }

    private static NotDialled failure(Dialler dialler, int port) {
        return catchThrowableOfType(NotDialled.class, () -> dialler.dial(new Address("db.example.com", port)));
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    /// Listens and never takes a connection: its queue is full, so the system drops what comes.
    private static final class Deaf implements AutoCloseable {

        private final ServerSocket listener;
        private final List<Socket> filling = new ArrayList<>();

        Deaf(String address) throws IOException {
            listener = new ServerSocket(0, 1, address(address));
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket();
                filling.add(socket);
                try {
                    socket.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()), 100);
                } catch (IOException _) {
                    return;
                }
            }
            throw new AssertionError("The queue does not fill");
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : filling) {
                socket.close();
            }
            listener.close();
        }
    }
}
