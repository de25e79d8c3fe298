package dev.millrace.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Route;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.fault.NotOpened;
import dev.millrace.postgres.tls.TlsMode;
import dev.millrace.postgres.tls.TlsPolicy;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OpeningTest {

    @ParameterizedTest
    @EnumSource(value = TlsMode.class, names = {"DISABLE", "PREFER", "VERIFY_FULL"})
    void what_is_no_postgresql_server_is_named_so(TlsMode mode) throws IOException {
        for (String answer : new String[] {"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"}) {
            try (Answering server = new Answering(answer, true)) {
                Fault fault = fault(endpoint("127.0.0.1", server.port(), mode, PrivateHosts.ALLOW));
                assertThat(fault.kind()).as(answer + mode).isEqualTo(FaultKind.NOT_POSTGRES);
                assertThat(fault.description()).contains("is no PostgreSQL server");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = TlsMode.class, names = {"DISABLE", "PREFER", "VERIFY_FULL"})
    void a_server_that_ends_the_connection_at_once_is_named_so(TlsMode mode) throws IOException {
        try (Answering server = new Answering("", false)) {
            Fault fault = fault(endpoint("127.0.0.1", server.port(), mode, PrivateHosts.ALLOW));
            assertThat(fault.kind()).isEqualTo(FaultKind.HOST_UNREACHABLE);
            assertThat(fault.description()).contains("ends it without a word");
        }
    }

    @Test
    void a_server_that_says_nothing_is_named_so_within_seconds() throws IOException {
        try (Answering server = new Answering("", true)) {
            Fault fault = fault(endpoint("127.0.0.1", server.port(), TlsMode.VERIFY_FULL, PrivateHosts.ALLOW));
            assertThat(fault.kind()).isEqualTo(FaultKind.HOST_UNREACHABLE);
            assertThat(fault.description()).contains("takes the connection and says nothing");
        }
    }

    @Test
    void a_wrong_port_an_unknown_name_and_a_private_address_have_sentences_of_their_own() throws IOException {
        int free;
        try (ServerSocket closed = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            free = closed.getLocalPort();
        }
        Fault refused = fault(endpoint("127.0.0.1", free, TlsMode.PREFER, PrivateHosts.ALLOW));
        assertThat(refused.kind()).isEqualTo(FaultKind.HOST_UNREACHABLE);
        assertThat(refused.description()).contains("Nothing listens at 127.0.0.1:" + free);
        Fault unknown = fault(endpoint("no-such-host.invalid", 5432, TlsMode.PREFER, PrivateHosts.ALLOW));
        assertThat(unknown.kind()).isEqualTo(FaultKind.HOST_UNREACHABLE);
        assertThat(unknown.description()).contains("no-such-host.invalid does not resolve");
        Fault inside = fault(endpoint("127.0.0.1", free, TlsMode.PREFER, PrivateHosts.REFUSE));
        assertThat(inside.kind()).isEqualTo(FaultKind.HOST_PRIVATE);
        assertThat(inside.description()).contains("127.0.0.1 is at 127.0.0.1, which is a private address");
    }

    @Test
    void a_session_that_is_open_may_be_silent_for_as_long_as_it_takes_and_a_statement_can_be_cancelled() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase();
                Connection session = endpoint(database).open();
                Statement statement = session.createStatement()) {
            assertThat(session.getNetworkTimeout()).isZero();
            statement.setQueryTimeout(1);
            assertThat(catchThrowableOfType(
                                    SQLException.class, () -> statement.execute("SELECT pg_catalog.pg_sleep(60)"))
                            .getSQLState())
                    .isEqualTo("57014");
        }
    }

    @Test
    void a_password_that_is_missing_is_neither_missing_tls_nor_an_unbound_login() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            Fault fault = fault(new PostgresEndpoint(database.host(), database.port(), database.name(), database.user(), Secret.of(""), Map.of()));
            assertThat(fault.kind()).isEqualTo(FaultKind.LOGIN_REFUSED);
            assertThat(fault.description()).endsWith("asks for a password, and there is none.");
            assertThat(fault.remedy()).contains("password: ${env:NAME}");
        }
    }

    @Test
    void a_token_that_is_refused_names_the_clock_first() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            Login login = new Login.Token((_, _) -> Secret.of("token"));
            Fault fault = fault(new PostgresEndpoint(Route.straight(database.host(), database.port()), database.name(), database.user(), login,
                    TlsPolicy.of(TlsMode.PREFER), PrivateHosts.ALLOW, Map.of()));
            assertThat(fault.description()).contains("refused the IAM token", "this machine's says");
            assertThat(fault.remedy()).startsWith("Check in this order: this machine's clock");
        }
    }

    private static PostgresEndpoint endpoint(TestDatabase database) {
        return new PostgresEndpoint(
                database.host(), database.port(), database.name(), database.user(), Secret.of(database.password()), Map.of());
    }

    private static PostgresEndpoint endpoint(String host, int port, TlsMode mode, PrivateHosts hosts) {
        return new PostgresEndpoint(
                Route.straight(host, port),
                "shop",
                "somebody",
                Login.by(Secret.of("")),
                TlsPolicy.of(mode),
                hosts,
                // Waiting is all that this shortens.
                Map.of("sslResponseTimeout", "1000", "socketTimeout", "2", "connectTimeout", "2"));
    }

    private static Fault fault(PostgresEndpoint endpoint) {
        try (Connection _ = endpoint.open()) {
            throw new AssertionError("A session was opened");
        } catch (NotOpened e) {
            return e.fault();
        } catch (SQLException e) {
            throw new AssertionError("The driver's exception was not told from others", e);
        }
    }

    /// Takes connections, gives each the same greeting whatever it is sent, and complains of what it is sent, as an SSH server does; or ends it.
    private static final class Answering implements AutoCloseable {

        private static final int ENOUGH = 20;

        private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        private final String greeting;

        Answering(String greeting, boolean staysOpen) throws IOException {
            this.greeting = greeting;
            Thread.ofVirtual().start(() -> {
                while (!listener.isClosed()) {
                    try {
                        Socket socket = listener.accept();
                        if (staysOpen) {
                            Thread.ofVirtual().start(() -> talk(socket));
                        } else {
                            socket.close();
                        }
                    } catch (IOException _) {
                        // The test is over.
                    }
                }
            });
        }

        private void talk(Socket socket) {
            try (socket) {
                socket.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().readNBytes(ENOUGH).length == ENOUGH && !greeting.isEmpty()) {
                    socket.getOutputStream().write("Invalid SSH identification string.\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                socket.getInputStream().readAllBytes();
            } catch (IOException _) {
                // The client has had enough.
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
